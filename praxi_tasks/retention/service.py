"""Deletes what the service left: pushes, the windows and requests it audits, claims to them, and comparisons.

The service deletes most of it itself. What stays is of a service that is off, or was killed in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from praxi_tasks.retention.age import Age
from praxi_tasks.retention.tally import Tally
from praxi_tasks.store import Entry, Store, keys


class ServicePruner:
    """Deletes what no replica has been at for as long as unnamed things stay."""

    def __init__(self, store: Store, age: Age, tally: Tally) -> None:
        self._store = store
        self._age = age
        self._tally = tally

    def prune(self) -> None:
        """Delete all of a window, a request or an experiment, or nothing of it."""
        windows, requests = self._by_name(keys.served_windows()), self._by_name(keys.served_requests())
        claims = self._by_name(keys.all_serving_claims())
        named = {
            name: [*claims[name], *windows[name], *requests[name]] for name in {*claims, *windows, *requests}
        }
        old = {name for name, entries in named.items() if self._is_old(entries)}
        compared = self._by_name(keys.all_serving_comparisons()).values()
        for entries in (*(named[name] for name in sorted(old)), *filter(self._is_old, compared)):
            self._tally.delete("serving", entries)
        self._prune_events(set(windows) - old)

    def _prune_events(self, pending: Iterable[str]) -> None:
        """Delete old pushes, but for those of windows that are still to be audited."""
        needed = tuple(f"{keys.event_window(window[:8], window)}/" for window in pending)
        old = (each for each in self._store.entries(keys.event_days()) if self._is_old([each]))
        self._tally.delete("events", [each for each in old if not each.key.startswith(needed)])

    def _by_name(self, folder: str) -> defaultdict[str, list[Entry]]:
        """Return what lies in a folder, by the first part of the names in it."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self._store.entries(folder):
            found[entry.key.removeprefix(f"{folder}/").partition("/")[0].removesuffix(".json")].append(entry)
        return found

    def _is_old(self, entries: Iterable[Entry]) -> bool:
        return all(entry.modified < self._age.unnamed for entry in entries)
