"""Package records that one layer links to and another one, or another name, holds.

A layer is read alone: of a link its inventory says where it leads to, and of files of any name that look like
a package database what they claim. Only an image's layers together tell which of those are meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.findings.image.claim_history import home_of
from praxi_tasks.findings.image.file_tree import FileTree, merged_usr
from praxi_tasks.inventory import SYSTEM_DATABASES, SYSTEM_FOLDERS, Claim, Inventory
from praxi_tasks.printable import printable

_LONGEST: Final = 300  # characters of a path in a problem's line
_SYMBOLIC: Final = "l"
_FOLDER: Final = "d"
_KINDS: Final = {_SYMBOLIC: "a symbolic", "h": "a hard", _FOLDER: "behind a"}


class _Record(NamedTuple):
    """What the file at a place claims, and the layer that wrote it."""

    layer: int
    claims: list[Claim]


class LinkedRecords:
    """Completes the inventories of an image's layers, bottom first.

    Parameters
    ----------
    tree
        The image's files; each layer is on it before its inventory is completed.
    """

    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._records: dict[str, _Record] = {}
        self._links: dict[str, dict[str, int]] = {}
        self._system: dict[str, str] = {path: merged_usr(path) for path in SYSTEM_DATABASES}
        self._own = frozenset(self._system.values())
        self._folders: dict[str, str] = {path: merged_usr(path) for path in SYSTEM_FOLDERS}
        self._number = -1

    def complete(self, inventory: Inventory) -> Inventory:
        """Return the inventory of the topmost layer with the records that its links lead to."""
        self._number += 1
        here = self._records_of(inventory)
        self._records.update((place, _Record(self._number, claims)) for place, claims in here.items())
        lost = dict(self._lost())
        adopted: dict[str, list[Claim]] = {path: [] for path in lost}
        problems = [_unread(path, place, _SYMBOLIC) for path, place in lost.items()]
        for path, target, kind in inventory.links:
            place = self._tree.place(target)
            if kind == _SYMBOLIC:
                self._links.setdefault(place, {})[path] = self._number
            if self._holds(place):
                adopted[path] = self._records[place].claims
            else:
                problems.append(_unread(path, target, kind))
        for place in self._links.keys() & here.keys():
            for path in self._visible_links(place):
                adopted[path] = here[place]
        for path in self._behind_folders():
            place = self._system[path]
            if place in here or self._holds(place):
                adopted[path] = self._records[place].claims
            elif self._tree.is_regular(place) and place not in self._own:
                problems.append(_unread(path, place, _FOLDER))
        for path, place in self._members_behind_folders():
            adopted[path] = self._records[place].claims
        return _with(inventory, adopted, problems)

    def _holds(self, place: str) -> bool:
        """Return whether a record is still there: no later layer removed it or wrote another file."""
        record = self._records.get(place)
        if record is None:
            return False
        owner = self._tree.layer_of(place)
        return owner == record.layer or (owner is None and not self._tree.saw(place))

    def _lost(self) -> Iterator[tuple[str, str]]:
        """Forget records that are linked to and no longer there; yield the links and where they led to."""
        for place in self._links:
            if place in self._records and not self._holds(place):
                del self._records[place]
                yield from ((path, place) for path in self._visible_links(place))

    def _visible_links(self, place: str) -> list[str]:
        links = self._links[place].items()
        return [path for path, number in links if self._tree.layer_of(path) == number]

    def _records_of(self, inventory: Inventory) -> dict[str, list[Claim]]:
        found: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in (*inventory.claims, *inventory.reserve):
            found[self._tree.place(claim.database)].append(claim)
        return dict(found)

    def _behind_folders(self) -> list[str]:
        """Return the databases that a link to a folder leads to, where it or its content is new."""
        found = []
        for path, before in self._system.items():
            place = self._tree.place(path)
            self._system[path] = place
            is_new = place != before or self._tree.layer_of(place) == self._number
            if place != merged_usr(path) and is_new:
                found.append(path)
        return found

    def _members_behind_folders(self) -> list[tuple[str, str]]:
        """Return names and places of records in the folders that a link leads to, where either is new."""
        found = []
        for folder, before in self._folders.items():
            inside = self._tree.place(f"{folder}/any").removesuffix("any")
            self._folders[folder] = inside.rstrip("/")
            if self._folders[folder] == merged_usr(folder):
                continue
            moved = self._folders[folder] != before
            found += [
                (f"{folder}/{place.removeprefix(inside)}", place)
                for place, record in self._records.items()
                if place.startswith(inside) and (moved or record.layer == self._number) and self._holds(place)
            ]
        return found


def _unread(path: str, target: str, kind: str) -> str:
    link = f"it is {_KINDS[kind]} link to {target[-_LONGEST:]}"
    return printable(f"{path[-_LONGEST:]}: {link}, of which no layer holds content that is read")


def _with(inventory: Inventory, adopted: dict[str, list[Claim]], problems: list[str]) -> Inventory:
    if not adopted and not problems:
        return inventory
    claims = [_renamed(claim, path) for path, found in adopted.items() for claim in found]
    return msgspec.structs.replace(
        inventory,
        claims=(*inventory.claims, *claims),
        databases=tuple(sorted({*inventory.databases, *adopted})),
        problems=(*inventory.problems, *problems),
    )


def _renamed(claim: Claim, path: str) -> Claim:
    """Return the claim as one of the database ``path``: a language's release is where its record is."""
    old, new = home_of(claim), home_of(msgspec.structs.replace(claim, database=path))
    files = claim.files
    if new:
        moved = (file.removeprefix(f"{old}/") for file in files if file.startswith(f"{old}/"))
        files = tuple(f"{new}/{file}" for file in moved) or (path,)
    checksums = claim.checksums if len(files) == len(claim.files) else b""
    return msgspec.structs.replace(claim, database=path, files=files, checksums=checksums)
