"""Following what package databases claim through an image's layers: installed, upgraded, dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.image.file_tree import FileTree, Removal, significant
from praxi_tasks.inventory import Claim, Inventory

_METADATA_FOLDERS: Final = (".dist-info", ".egg-info", "EGG-INFO")
Identity: TypeAlias = tuple[str, ...]
Slot: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class TrackedClaim:
    """A claim and its life: layer numbers of its first sight and of its end.

    ``dropped`` is the layer in which a database stopped naming it; ``superseded`` says that another version,
    or the same one installed again, took its place there; ``database_gone`` that the database itself went
    away, or holds nothing any more.
    """

    claim: Claim
    first: int
    place: str
    dropped: int | None = None
    superseded: bool = False
    database_gone: bool = False

    @property
    def home(self) -> str:
        """The folder of a language's release; empty for a distribution's, whose files may be anywhere."""
        return home_of(self.claim)


class ClaimHistory:
    """The claims that hold, and those that have ended, from the bottom layer up to some layer.

    A layer that changes a database carries the whole of it, so what the new one no longer names was dropped;
    lists of files are written once and remembered from below.

    Several versions of a distribution's package may be installed at once (rpm's kernels), a folder may hold
    several records of a language's (two ``dist-info``), and a file several versions of one (a Java archive):
    each of them is a claim of its own.

    Parameters
    ----------
    tree
        The image's files; each layer is on it before its inventory is followed.
    """

    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._current: dict[Identity, TrackedClaim] = {}
        self._ended: list[TrackedClaim] = []
        self._last_ended: dict[tuple[Slot, str], TrackedClaim] = {}
        self._number = -1

    def add(self, inventory: Inventory, removal: Removal) -> None:
        """Follow the claims through the next layer, which is on the tree already."""
        self._number += 1
        rewritten = {self._tree.place(path) for path in inventory.databases}
        rewritten.update(self._tree.place(claim.database) for claim in inventory.claims)
        new = self._new(inventory.claims)
        arrived = {_slot(claim) for key, claim in new.items() if key not in self._current}
        filled = {self._tree.place(claim.database) for claim in inventory.claims}
        places = {tracked.place for tracked in self._current.values()}  # few, however many claims there are
        lost = {place for place in places if self._lost(place, rewritten, removal)}
        lost |= {
            tracked.place
            for tracked in self._current.values()
            if is_inside(tracked.claim) and self._tree.layer_of(tracked.place) == self._number
        }
        for key, tracked in list(self._current.items()) if lost else ():
            if key not in new and tracked.place in lost:
                superseded = _slot(tracked.claim) in arrived
                self._end(key, superseded=superseded, database_gone=tracked.place not in filled)
        for key, claim in new.items():
            self._current[key] = self._renewed(self._current.get(key), claim)

    def claims(self) -> tuple[TrackedClaim, ...]:
        """Return all claims, those that hold first.

        What was dropped and installed again has but one life: the later one.
        """
        again: dict[Slot, int] = {}
        for tracked in self._current.values():
            slot = _slot(tracked.claim)
            again[slot] = max(again.get(slot, -1), tracked.first)
        ended = []
        for tracked in self._ended:
            same = self._current.get(self._identity(tracked.claim))
            if same is not None and same.claim.version == tracked.claim.version:
                continue
            later = again.get(_slot(tracked.claim), -1) >= (tracked.dropped or 0)
            ended.append(replace(tracked, superseded=tracked.superseded or later))
        return (*self._current.values(), *ended)

    def _new(self, claims: Iterable[Claim]) -> dict[Identity, Claim]:
        """Return a layer's claims; what a file says of itself is left out where a database says it."""
        every = tuple(claims)
        current = (tracked.claim for tracked in self._current.values())
        listed = {self._release(claim) for claim in (*current, *every) if not is_inside(claim)}
        return {
            self._identity(claim): claim
            for claim in every
            if not (is_inside(claim) and self._release(claim) in listed)
        }

    def _lost(self, place: str, rewritten: set[str], removal: Removal) -> bool:
        if place in rewritten or removal.covers(place):
            return True
        return self._tree.layer_of(place) == self._number and not self._tree.is_regular(place)

    def _end(self, key: Identity, *, superseded: bool, database_gone: bool) -> None:
        tracked = replace(
            self._current.pop(key),
            dropped=self._number,
            superseded=superseded,
            database_gone=database_gone,
        )
        self._ended.append(tracked)
        self._last_ended[_slot(tracked.claim), tracked.claim.version] = tracked

    def _renewed(self, before: TrackedClaim | None, claim: Claim) -> TrackedClaim:
        place = self._tree.place(claim.database)
        # Lists of files are not written again for a release that was dropped.
        known = before or (None if claim.files else self._last_ended.get((_slot(claim), claim.version)))
        if known is not None:
            lists = claim if claim.files else known.claim
            claim = msgspec.structs.replace(
                claim,
                files=lists.files,
                checksums=lists.checksums,
                licences=claim.licences or known.claim.licences,
            )
        return (
            replace(before, claim=claim, place=place) if before else TrackedClaim(claim, self._number, place)
        )

    def _identity(self, claim: Claim) -> Identity:
        """Return what tells a claim from all others that hold in one layer.

        Programs that say of which distribution's package they are may be several of one source package's.
        """
        release = self._release(claim)
        return (*release, self._tree.place(claim.database)) if is_inside(claim) else release

    def _release(self, claim: Claim) -> Identity:
        """Return what tells a release from all others that hold in one layer."""
        if ecosystem_of(claim.ecosystem).in_folders:
            return (claim.ecosystem, claim.name, self._tree.place(claim.database), claim.version)
        return (claim.ecosystem, claim.name, claim.architecture, claim.version)


def is_inside(claim: Claim) -> bool:
    """Return whether a release is in a file that says so itself: a program, an archive."""
    return claim.files == (claim.database,) and significant(claim.database)


def home_of(claim: Claim) -> str:
    """Return the folder of a language's release, as its record's path tells; else nothing."""
    if not ecosystem_of(claim.ecosystem).in_folders:
        return ""
    site = _site(claim.database)
    return claim.database.rpartition("/")[0] if site == claim.database else site


def claimed_places(claims: Iterable[TrackedClaim], tree: FileTree) -> frozenset[str]:
    """Return the places of all files that some claims list."""
    return frozenset(tree.place(path) for tracked in claims for path in tracked.claim.files)


def _slot(claim: Claim) -> Slot:
    """Return the place of a claim, in which an upgrade leaves one version of a package."""
    if ecosystem_of(claim.ecosystem).in_folders:
        return (claim.ecosystem, claim.name, _site(claim.database))
    return (claim.ecosystem, claim.name, claim.architecture)


def _site(database: str) -> str:
    """Return the folder that holds a ``dist-info`` or ``egg-info``, an egg's own, or the database itself."""
    parts = database.split("/")
    for position, part in enumerate(parts):
        if part.endswith(_METADATA_FOLDERS):
            return "/".join(parts[:position])
    return database
