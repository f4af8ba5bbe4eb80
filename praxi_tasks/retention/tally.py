"""What a pruning deleted, or would delete, by kind."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from praxi_tasks.store import Entry, Store

_DELETERS: Final = 8


class Amount(msgspec.Struct, frozen=True):
    """So many objects, with so many bytes together."""

    objects: int = 0
    size: int = 0


class Pruned(msgspec.Struct, frozen=True):
    """What a pruning deleted, or would have deleted if it was a ``trial``.

    Attributes
    ----------
    kinds
        How much of each kind.
    runs
        Folders of runs and models that went as a whole.
    left
        Why some things were left for the next time, a sentence each.
    """

    trial: bool
    kinds: dict[str, Amount] = {}
    runs: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def total(self) -> Amount:
        """The amount of all kinds together."""
        amounts = self.kinds.values()
        return Amount(sum(each.objects for each in amounts), sum(each.size for each in amounts))


class Tally:
    """Deletes objects of a store and counts them; in a ``trial`` it counts only."""

    def __init__(self, store: Store, *, trial: bool) -> None:
        self._store = store
        self._trial = trial
        self._kinds: dict[str, Amount] = {}
        self._runs: list[str] = []
        self._left: list[str] = []

    def delete(self, kind: str, entries: Iterable[Entry]) -> None:
        """Delete objects, several at a time, in no particular order."""
        chosen = list(entries)
        if not self._trial:
            with ThreadPoolExecutor(_DELETERS) as pool:
                list(pool.map(lambda entry: self._store.delete(entry.key), chosen))
        known = self._kinds.get(kind, Amount())
        size = sum(entry.size for entry in chosen)
        self._kinds[kind] = Amount(known.objects + len(chosen), known.size + size)

    def delete_folder(self, kind: str, folder: str, entries: Iterable[Entry], first: str = "") -> None:
        """Delete a whole folder, and ``first`` the object that says that it is whole."""
        chosen = list(entries)
        marks = [entry for entry in chosen if entry.key == f"{folder}/{first}"]
        for some in (marks, [entry for entry in chosen if entry not in marks]):
            self.delete(kind, some)
        self._runs.append(folder)

    def leave(self, why: str) -> None:
        """Say why something was left."""
        self._left.append(why)

    def result(self) -> Pruned:
        """Return what was deleted so far."""
        kinds = {kind: amount for kind, amount in self._kinds.items() if amount.objects}
        return Pruned(self._trial, kinds, tuple(self._runs), tuple(dict.fromkeys(self._left)))
