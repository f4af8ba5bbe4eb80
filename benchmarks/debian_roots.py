"""Root file systems of Debian's suites, as their indexes describe them: packages with all they depend on."""

from __future__ import annotations

import lzma
import random
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks.discovery import Release
from praxi_tasks.learning.catalogue import read_packages
from praxi_tasks.learning.synthesis import Damage, LabelledLayer, merge_files

CONTENTS: Final = ("Contents-all.gz", "Contents-amd64.gz")
_PACKAGES: Final = "binary-amd64/Packages.xz"
_MOST: Final = 900  # packages of a root; more is no server's
_FIELD: Final = re.compile(r"^(Package|Priority|Depends|Pre-Depends|Provides|Essential): (.*)$", re.MULTILINE)
_IN_NO_IMAGE: Final = re.compile(r"^(linux-|lib32|libx32)|-(dbg|doc)$")


class Root(NamedTuple):
    """The packages of a root file system, and those of them that are not in every one."""

    whole: Sequence[str]
    added: Sequence[str]


class Suite:
    """A suite's indexes, fetched by apt from where it fetches its own.

    Parameters
    ----------
    name
        ``trixie``, say.
    folder
        Where the indexes are kept.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._files = {index: _fetch(name, index, folder) for index in (*CONTENTS, _PACKAGES)}
        self._stanzas = _stanzas(self._files[_PACKAGES])
        self._providers = {
            _bare(provided): name
            for name, stanza in reversed(self._stanzas.items())
            for provided in stanza.get("Provides", "").split(",")
        }

    @property
    def contents(self) -> list[Path]:
        """The indexes that say which path is in which package."""
        return [self._files[index] for index in CONTENTS]

    def roots(self, count: int, rng: random.Random) -> list[Root]:
        """Draw root file systems: what every one has, some packages, and all they depend on."""
        always = [
            name for name, stanza in self._stanzas.items()
            if stanza.get("Priority") == "required" or stanza.get("Essential") == "yes"
        ]  # fmt: skip
        base = self._with_dependencies([*always, "apt", "ca-certificates"])
        names = sorted(name for name in self._stanzas if not _IN_NO_IMAGE.search(name))
        roots: list[Root] = []
        while len(roots) < count:
            added = self._with_dependencies(rng.sample(names, rng.randint(1, 12))) - base
            if added and len(added | base) <= _MOST:
                roots.append(Root(sorted(added | base), sorted(added)))
        return roots

    def releases(self, names: Collection[str]) -> Mapping[str, Release]:
        """Return what some packages contain, by name; those without a file are not there."""
        return {release.name: release for release in read_packages(self.contents, names)}

    def _with_dependencies(self, seeds: Sequence[str]) -> set[str]:
        missing, found = list(seeds), set[str]()
        while missing:
            name = missing.pop()
            if name in found or name not in self._stanzas:
                continue
            found.add(name)
            stanza = self._stanzas[name]
            missing += filter(None, map(self._first, _relations(stanza, "Depends", "Pre-Depends")))
        return found

    def _first(self, alternatives: str) -> str:
        """Return the first of some alternatives that the suite has; nothing if it has none."""
        names = map(_bare, alternatives.split("|"))
        there = (name if name in self._stanzas else self._providers.get(name, "") for name in names)
        return next(filter(None, there), "")


def layers(
    packages: Sequence[Sequence[str]], releases: Mapping[str, Release], damage: Damage
) -> Iterator[LabelledLayer]:
    """Yield a layer for each list of packages."""
    rng = np.random.default_rng(3)
    for names in packages:
        parts, truth = [], dict[str, str | None]()
        for release in filter(None, map(releases.get, names)):
            left = damage.apply(release, rng)
            if left.paths:
                parts.append(left)
                truth[release.package] = None
        yield LabelledLayer(merge_files(parts), truth)


def _fetch(suite: str, index: str, folder: Path) -> Path:
    file = folder / f"{suite}-{index.rpartition('/')[2]}"
    if not file.exists():
        query = [
            "apt-get",
            "indextargets",
            "--format",
            "$(SITE)",
            "Created-By: Packages",
            "Codename: bookworm",
        ]
        sites = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split()
        if not sites:
            raise SystemExit("apt knows no archive of Debian bookworm: run apt-get update")
        words = [
            "/usr/lib/apt/apt-helper",
            "download-file",
            f"{sites[0]}/dists/{suite}/main/{index}",
            str(file),
        ]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return file


def _stanzas(packages: Path) -> dict[str, dict[str, str]]:
    with lzma.open(packages, "rt", encoding="utf-8") as text:
        stanzas = [dict(_FIELD.findall(stanza)) for stanza in text.read().split("\n\n")]
    return {stanza["Package"]: stanza for stanza in stanzas if stanza}


def _relations(stanza: Mapping[str, str], *fields: str) -> list[str]:
    return [relation for field in fields for relation in stanza.get(field, "").split(",")]


def _bare(relation: str) -> str:
    """Return the name of a relation, without version, architecture and profile."""
    return re.split(r"[(\[:<]", relation, maxsplit=1)[0].strip()
