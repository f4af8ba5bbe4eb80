"""What an image's layers leave behind: which files are there at the end, and who took the others away."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from praxi_tasks.findings.image.folder_links import FolderLinks, Folders, link_target

_DIRECTORY: Final = ord("d")
_LINK: Final = ord("l")
_HARD_LINK: Final = ord("h")
_REGULAR: Final = frozenset({ord("f"), ord("h")})
# Since merged /usr these are links into /usr, and databases still write either form.
_MERGED: Final = frozenset({"bin", "sbin", "lib", "lib32", "lib64", "libx32"})
_MERGED_PLACES: Final = frozenset(f"usr/{name}" for name in _MERGED)
_EXPENDABLE: Final = (
    *(
        f"usr/share/{name}/"
        for name in ("bug", "doc", "doc-base", "info", "lintian", "locale", "man", "menu")
    ),
    *("etc/", "run/", "tmp/", "var/"),
)
_METADATA: Final = re.compile(r"\.(dist|egg)-info(/|$)")


class LayerChanges(Protocol):
    """The part of a changeset that is read here; see :mod:`praxi_tasks.fingerprint.changeset`."""

    @property
    def digest(self) -> str:
        """The layer's digest."""

    @property
    def paths(self) -> Sequence[str]:
        """Paths without a leading slash."""

    @property
    def types(self) -> ArrayLike:
        """Per path the code point of its type's letter: ``f d l h c b p``."""

    @property
    def links(self) -> Mapping[int, str]:
        """Targets of links by the number of their path: of symbolic links as written."""

    @property
    def checksum_kinds(self) -> NDArray[np.uint8]:
        """Per path the kind of its checksum, 0 for none; empty where the layer was read without."""

    @property
    def checksums(self) -> NDArray[np.uint64]:
        """Per path the first eight bytes of its checksum as a number."""

    @property
    def whiteouts(self) -> Sequence[str]:
        """Paths of lower layers that this layer removes."""

    @property
    def opaques(self) -> Sequence[str]:
        """Folders whose content in lower layers this layer hides."""


def merged_usr(path: str) -> str:
    """Return a path as merged /usr has it: ``bin/sh`` is ``usr/bin/sh``."""
    return f"usr/{path}" if path.partition("/")[0] in _MERGED else path


def significant(path: str) -> bool:
    """Return whether a missing file says something about its package.

    Documentation, translations, caches, settings, byte code and the database's own records are removed from
    images all the time, without the package going with them.
    """
    path = merged_usr(path)
    return not (path.startswith(_EXPENDABLE) or path.endswith((".pyc", ".pyo")) or _METADATA.search(path))


class Removal:
    """What one layer removes from those below it.

    Parameters
    ----------
    whiteouts, opaques
        Places that it removes, and folders that it empties.
    replaced
        Folders of lower layers in whose place it puts something else.
    """

    def __init__(self, whiteouts: Iterable[str], opaques: Iterable[str], replaced: Iterable[str]) -> None:
        self.whiteouts = frozenset(whiteouts)
        self.opaques = frozenset((*opaques, *replaced))
        self._folders = Folders(self.whiteouts | self.opaques)

    def __bool__(self) -> bool:
        return bool(self.whiteouts or self.opaques)

    def covers(self, path: str) -> bool:
        """Return whether a place of a lower layer is gone: itself, or a folder above it."""
        return "" in self.opaques or path in self.whiteouts or self._folders.above(path) is not None


class FileTree:
    """The files that the layers of an image, bottom first, leave visible.

    One file is one file by whatever name: paths are compared by their *place*, as merged /usr has it and with
    the image's own links to folders followed. A database that says ``bin/ls`` finds ``usr/bin/ls``.
    """

    def __init__(self, layers: Iterable[LayerChanges] = ()) -> None:
        self._owner: dict[str, int] = {}
        self._removed: dict[str, int] = {}
        self._regular: set[str] = set()
        self._folders: set[str] = set()
        self._parents: set[str] = set()
        self._sorted_parents: list[str] = []
        self._links = FolderLinks()
        self._originals: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._layers = 0
        for changes in layers:
            self.add(changes)

    def add(self, changes: LayerChanges) -> Removal:
        """Put the next layer on top, and return what it removes."""
        kinds = np.asarray(changes.types, np.uint8).tobytes()
        removal = Removal(self._removed_places(changes.whiteouts), map(self.place, changes.opaques), ())
        self._link(changes, kinds, removal)
        places = list(map(self._place_in_layer, changes.paths))
        if self._layers:
            replaced = self._replaced(places, kinds)
            removal = Removal(removal.whiteouts, removal.opaques, replaced) if replaced else removal
        self._remove(removal)
        self._write(places, kinds)
        self._join(changes, places, kinds)
        self._layers += 1
        return removal

    def place(self, path: str) -> str:
        """Return the place of a path; its last part is not followed."""
        return self._links.follow(path, merged_usr) if self._links else merged_usr(path)

    def layer_of(self, path: str) -> int | None:
        """Return the number of the layer that last wrote a file, or None if it is not there."""
        return self._owner.get(self.place(path))

    def removed_by(self, path: str) -> int | None:
        """Return the number of the layer that last removed a file, or None if none did."""
        return self._removed.get(self.place(path))

    def exists(self, path: str) -> bool:
        """Return whether a file or folder is there."""
        path = self.place(path)
        return path in self._owner or path in self._folders or self._holds_files(path)

    def is_regular(self, path: str) -> bool:
        """Return whether a regular file is there."""
        return self.place(path) in self._regular

    def same_files(self, places: frozenset[str]) -> frozenset[str]:
        """Return the places and those of all other names, by hard links of one layer, of the same files."""
        originals = self._originals
        files = {originals.get(place, place) for place in places}
        return places.union(files, (place for place, file in originals.items() if file in files))

    def saw(self, path: str) -> bool:
        """Return whether any layer ever wrote the file."""
        path = self.place(path)
        return path in self._owner or path in self._removed

    @property
    def regular_files(self) -> dict[str, int]:
        """The places of the regular files that are there, and the number of the layer of each."""
        return {path: self._owner[path] for path in self._regular}

    def _holds_files(self, folder: str) -> bool:
        """Return whether a file lies below a folder: the one that sorts first behind its name does.

        Folders are not all named anywhere, and to name them costs memory by the square of a path's length.
        """
        return _is_above(folder, self._sorted)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._owner)

    def _link(self, changes: LayerChanges, kinds: bytes, removal: Removal) -> None:
        """Follow which links to folders the layer takes away and which it makes."""
        self._places = {}
        rows = [(changes.paths[row], target) for row, target in changes.links.items() if kinds[row] == _LINK]
        if self._links:
            places = zip(map(self._place_in_layer, changes.paths), kinds, strict=True)
            written = {place for place, kind in places if kind != _LINK and place in self._links}
            self._links = self._links.changed(lambda place: place in written or removal.covers(place), {})
            self._places = {}
        for _ in range(2):  # a link may lie behind another one of the layer
            made = ((self.place(path), path, target) for path, target in rows)
            links = [
                (place, merged_usr(link_target(place if "/" in path else path, to)))
                for place, path, to in made
            ]
            self._links = self._links.changed(lambda _: False, {at: to for at, to in links if at != to})

    def _removed_places(self, whiteouts: Iterable[str]) -> Iterator[str]:
        for path in whiteouts:
            place = self.place(path)
            if place == path or place not in _MERGED_PLACES or place not in self._owner:
                yield place  # else a link such as bin goes, and what it led to stays

    def _place_in_layer(self, path: str) -> str:
        """Return the place of one of a layer's paths; those of one folder are found together."""
        if not self._links:
            return merged_usr(path)
        folder, slash, name = path.rpartition("/")
        if not slash:
            return merged_usr(path)
        place = self._places.get(folder)
        if place is None:
            place = self._places[folder] = self.place(f"{folder}/.").removesuffix(".")
        return place + name

    def _replaced(self, places: Sequence[str], kinds: bytes) -> list[str]:
        """Return the folders of lower layers that become something else."""
        return [
            place
            for place, kind in zip(places, kinds, strict=True)
            if kind != _DIRECTORY and place not in self._owner and self._was_folder(place)
        ]

    def _was_folder(self, place: str) -> bool:
        if place in _MERGED_PLACES:
            return False  # bin is written for usr/bin, and is a link to it
        return place in self._folders or place in self._parents or _is_above(place, self._sorted_parents)

    def _remove(self, removal: Removal) -> None:
        if not removal:
            return
        for path in [path for path in self._owner if removal.covers(path)]:
            del self._owner[path]
            self._regular.discard(path)
            self._removed[path] = self._layers
        self._folders = {folder for folder in self._folders if not removal.covers(folder)}

    def _write(self, places: Sequence[str], kinds: bytes) -> None:
        parents: set[str] = set()
        for path, kind in zip(places, kinds, strict=True):
            if kind == _DIRECTORY:
                self._folders.add(path)
                if self._owner.pop(path, None) is not None:
                    self._regular.discard(path)
                continue
            self._owner[path] = self._layers
            self._folders.discard(path)
            parents.add(path.rpartition("/")[0])
            if kind in _REGULAR:
                self._regular.add(path)
            else:
                self._regular.discard(path)
        self._sorted_parents = sorted((*self._sorted_parents, *(parents - self._parents)))
        self._parents |= parents
        self.__dict__.pop("_sorted", None)

    def _join(self, changes: LayerChanges, places: Sequence[str], kinds: bytes) -> None:
        """Follow which files the layer gives several names."""
        if self._originals:
            for place in places:
                self._originals.pop(place, None)
        if _HARD_LINK not in kinds:
            return
        for row, target in changes.links.items():
            if kinds[row] == _HARD_LINK:
                original = self.place(target)
                self._originals[places[row]] = self._originals.get(original, original)


def _is_above(folder: str, places: Sequence[str]) -> bool:
    """Return whether one of the sorted places is below a folder."""
    below = f"{folder}/"
    first = bisect_left(places, below)
    return first < len(places) and places[first].startswith(below)
