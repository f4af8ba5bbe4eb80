"""Programs of Fedora and Alpine lie where Debian's do, and are none of Debian's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.decision_rule import DecisionRule
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.release import Release
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue
from tests.support import world

TOOL, BIG = ("usr/bin/tool",), ("usr/bin/big", "usr/lib/big/a.so", "usr/lib/big/b.so")


def release(ecosystem: str, name: str, paths: tuple[str, ...], version: str = "") -> Release:
    known = np.full(len(paths), bool(version))
    numbers = np.arange(1, len(paths) + 1, dtype=np.uint64) * known
    return Release(
        ecosystem, name, version, list(paths), normalise_all(paths), numbers * np.uint64(900), numbers, known
    )


def pack(name: str, *releases: Release) -> Catalogue:
    return replace(build_catalogue(releases), pack=name)


DEBIAN = pack("debian/stable", release("deb", "tool", TOOL), release("deb", "big", BIG, "1.0"))
WHEELS = pack("pypi", release("pypi", "wheel", ("site-packages/wheel/__init__.py",)))
SITE = pack("site", release("deb", "own", ("usr/bin/own",)))
ALPINE = pack("alpine/3.22", release("apk", "tool", TOOL))


def named(suite: str, files: dict[str, int], *parts: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return what is named in a layer of files with contents, as of a suite or kind."""
    paths = list(files)
    hashes = np.array(list(files.values()), np.uint64)
    tagset = replace(
        Tagset.from_paths("sha256:" + "0" * 64, paths),
        sizes=hashes * np.uint64(900),
        hashes=hashes,
        measured=np.ones(len(paths), np.bool_),
    )
    model = Model(parts, world.model().scorer, decision_rule=DecisionRule("threshold", 1e-6))
    prediction = model.predict(tagset, suite)
    assert prediction.suite in ("", "debian/stable", "alpine/3.22")
    assert prediction.suite.startswith("debian") or suite in ("", "apk", "rpm", "alpine/3.22")
    return {f"{each.ecosystem}/{each.name}": each.versions for each in prediction.releases}


@pytest.mark.parametrize("kind", ["rpm", "apk"])
def test_a_path_alone_is_no_package_of_another_kind(kind: str) -> None:
    files = {"usr/bin/tool": 5, "site-packages/wheel/__init__.py": 6, "usr/bin/own": 7}
    known = (DEBIAN, WHEELS, SITE)
    assert named(kind, files, *known) == {"pypi/wheel": (), "deb/own": ()}
    for own in ("", "deb", "debian/stable"):
        assert named(own, files, *known) == {"pypi/wheel": (), "deb/own": (), "deb/tool": ()}


def test_a_package_of_another_kind_is_named_by_its_contents() -> None:
    whole = dict(zip(BIG, (1, 2, 3), strict=True))
    assert named("rpm", whole, DEBIAN) == {"deb/big": ("1.0",)}
    edited = whole | {BIG[0]: 9}
    assert named("rpm", edited, DEBIAN) == {"deb/big": ()}
    assert named("rpm", whole | {BIG[0]: 9, BIG[1]: 9}, DEBIAN) == {}


def test_of_two_kinds_the_suites_own_counts() -> None:
    assert named("alpine/3.22", {"usr/bin/tool": 5}, DEBIAN, ALPINE) == {"apk/tool": ()}
    assert named("apk", {"usr/bin/tool": 5}, DEBIAN, ALPINE) == {"apk/tool": ()}
    assert named("debian/stable", {"usr/bin/tool": 5}, DEBIAN, ALPINE) == {"deb/tool": ()}
