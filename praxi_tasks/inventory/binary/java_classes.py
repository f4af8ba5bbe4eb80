"""Java libraries by their classes, where Maven's files do not name them: stripped and shaded jars.

A library is told by the names and check sums of all classes in its packages, which an archive's directory
holds. A table has those of known releases (``java_classes.tsv``, by ``scripts/java_classes.py``). Not in it
is what was built anew, lacks some classes, or has them in packages of other names.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final

from praxi_tasks.inventory.binary.java_names import Artifact

_CLASS: Final = ".class"
_VERSIONED: Final = "META-INF/"  # classes for later releases of Java
_TABLE: Final = "java_classes.tsv"
_DIGITS: Final = 16


def find_libraries(members: Iterable[zipfile.ZipInfo]) -> Iterator[Artifact]:
    """Yield the known libraries of which an archive has all classes, byte for byte."""
    known = _known()
    found: defaultdict[str, list[zipfile.ZipInfo]] = defaultdict(list)
    for folder, classes in classes_by_folder(members).items():
        for root in _upwards(folder):
            if root in known:
                found[root] += classes
    for root, classes in found.items():
        artifact = known[root].get(digest(classes))
        if artifact is not None:
            yield artifact


def classes_by_folder(members: Iterable[zipfile.ZipInfo]) -> dict[str, list[zipfile.ZipInfo]]:
    """Return the classes of an archive by the folders of their packages."""
    found: defaultdict[str, list[zipfile.ZipInfo]] = defaultdict(list)
    for member in members:
        folder = member.filename.rpartition("/")[0]
        if folder and member.filename.endswith(_CLASS) and not folder.startswith(_VERSIONED):
            found[folder].append(member)
    return found


def digest(classes: Iterable[zipfile.ZipInfo]) -> str:
    """Return what tells the classes of a library from those of its other releases."""
    lines = sorted(f"{one.filename} {one.CRC:08x} {one.file_size}\n" for one in classes)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


@cache
def _known() -> Mapping[str, Mapping[str, Artifact]]:
    found: defaultdict[str, dict[str, Artifact]] = defaultdict(dict)
    text = resources.files(__package__).joinpath(_TABLE).read_text("utf-8")
    for line in text.splitlines():
        root, told, group, name, version = line.split("\t")
        found[root][told] = Artifact(group, name, version)
    return found
