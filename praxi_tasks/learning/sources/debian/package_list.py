"""The lists of packages that Debian's archives have, and which packages most others need.

Their format is that of https://wiki.debian.org/DebianRepository/Format#A.22Packages.22_Indices.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from praxi_tasks.learning.data import open_lines

_NEEDED: Final = ("Package", "Version", "Filename", "SHA256")
_RELATIONS: Final = ("Pre-Depends", "Depends", "Recommends", "Suggests")
_FIELDS: Final = frozenset((*_NEEDED, *_RELATIONS, "Priority", "Section", "Size"))
_OF_SYSTEMS: Final = ("required", "important", "standard")
_BUILT_AGAINST: Final = re.compile(
    "debug|doc|fonts|golang|haskell|introspection|javascript|kernel|libdevel|localization|metapackages|ocaml|"
    "oldlibs|rust|tasks"
)
"""Sections of what programs are built from, or of no program: few images have it."""

_TOOLS: Final = re.compile("admin|database|editors|httpd|net|shells|utils|vcs|web")
"""Sections of programs that people install for themselves, while few packages need them."""

_AS_NEEDED: Final = 20
"""By how many packages a tool counts as needed besides those that name it."""

_LARGE: Final = 32 << 20
"""Bytes of a package's file; one that has more costs as much as a hundred others."""

_SIZE: Final = re.compile("[0-9]{1,18}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.+-]+")


class ListedPackage(NamedTuple):
    """A package of a list.

    Parameters
    ----------
    url, mirror
        Where its file is, and the archive's address.
    priority, section
        As the list has them.
    size
        Bytes of its file; 0 where the list does not say.
    needs
        The packages that it names in relations, alternatives too.
    """

    name: str
    version: str
    url: str
    sha256: str
    mirror: str
    priority: str
    section: str
    size: int
    needs: frozenset[str]


def read_list(file: Path, archive: str) -> Iterator[ListedPackage]:
    """Yield the packages of a list; a stanza that lacks something, or has no digest, is passed over."""
    fields: dict[str, str] = {}
    for raw in (*open_lines(file), b""):
        line = raw.decode("utf-8", "replace").rstrip()
        if not line:
            if fields.keys() >= set(_NEEDED) and _is_digest(fields["SHA256"]):
                yield _package(fields, archive)
            fields = {}
            continue
        name, _, text = line.partition(":")
        if name in _FIELDS:
            fields[name] = text.strip()


def by_popularity(packages: Sequence[ListedPackage]) -> list[str]:
    """Return the names of packages, those first that are likelier to be in an image.

    Those of every system come first, then those that most packages need and tools, and last very large ones
    and what programs are built from. An archive does not say more of how popular its packages are.
    """
    needed = Counter(name for package in packages for name in package.needs)

    def rank(package: ListedPackage) -> tuple[bool, bool, int, str]:
        section = package.section.rpartition("/")[2]
        return (
            package.priority not in _OF_SYSTEMS,
            _BUILT_AGAINST.fullmatch(section) is not None or package.size > _LARGE,
            -needed[package.name] - _AS_NEEDED * (_TOOLS.fullmatch(section) is not None),
            package.name,
        )

    return [package.name for package in sorted(packages, key=rank)]


def _package(fields: Mapping[str, str], archive: str) -> ListedPackage:
    relations = ",".join(fields.get(name, "") for name in _RELATIONS)
    needs = frozenset(
        match.group() for part in re.split("[,|]", relations) if (match := _NAME.match(part.strip()))
    )
    return ListedPackage(
        fields["Package"],
        fields["Version"],
        f"{archive}/{fields['Filename']}",
        fields["SHA256"],
        archive,
        fields.get("Priority", ""),
        fields.get("Section", ""),
        int(size) if _SIZE.fullmatch(size := fields.get("Size", "")) else 0,
        needs,
    )


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")
