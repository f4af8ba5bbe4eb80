"""The runs whose documents lie in the store, and which of them are retained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from praxi_tasks.retention.age import Age
from praxi_tasks.store import Entry, Store, keys

AUDITS: Final = keys.run("", "").rstrip("/")
TRAININGS: Final = keys.training_run("", "").rstrip("/")

_LAST: Final = frozenset({"overview.json", "feeds.json", "doctor.json", "pruned.json"})
_LAST_OF_TRAININGS: Final = frozenset({"summary.json", "pack.json"})
_LISTED: Final = "images.json"
_SCOPE: Final = "scope.json"
_PLAN: Final = "plan.json"


@dataclass
class Run:
    """A run by the folder of its documents.

    Attributes
    ----------
    folder
        Below the store.
    changed
        When its newest document was written, in seconds since the epoch.
    written
        The same of the documents that lie in the folder itself, by name.
    """

    folder: str
    changed: float = 0.0
    written: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The run's key."""
        return self.folder.rpartition("/")[2]

    @property
    def is_finished(self) -> bool:
        """Whether the last of its documents is there."""
        last = _LAST_OF_TRAININGS if self.folder.startswith(f"{TRAININGS}/") else _LAST
        return not last.isdisjoint(self.written)

    def is_planning(self, age: Age) -> bool:
        """Return whether an audit has its images, and may yet write the plan that names their layers."""
        begun = max(self.written.get(_LISTED, 0.0), self.written.get(_SCOPE, 0.0))
        return begun > self.written.get(_PLAN, 0.0) and self.changed >= age.idle

    def is_retained(self, age: Age) -> bool:
        """Return whether it may still go on, or ended too short a time ago."""
        return self.changed >= (age.finished if self.is_finished else age.unnamed)


def runs_in(store: Store, folder: str) -> Iterator[Run]:
    """Yield the runs that have documents below a folder."""
    depth = folder.count("/") + 2

    def run_of(entry: Entry) -> str:
        return "/".join(entry.key.split("/", depth)[:depth])

    for place, entries in groupby(store.entries(folder), run_of):
        yield _run(place, entries)


def read_run(store: Store, folder: str) -> Run:
    """Return the run whose documents lie in a folder."""
    return _run(folder, store.entries(folder))


def _run(folder: str, entries: Iterable[Entry]) -> Run:
    run = Run(folder)
    for entry in entries:
        run.changed = max(run.changed, entry.modified)
        name = entry.key.removeprefix(f"{folder}/")
        if "/" not in name:
            run.written[name] = entry.modified
    return run


def newest_of_each_line(store: Store, audits: dict[str, Run]) -> set[str]:
    """Return the newest finished audit of each line that the history knows: pages show it, however old."""
    found = set()
    for line in store.folders(keys.histories()):
        for key in sorted(store.list(keys.history(line)), reverse=True):
            audit = audits.get(keys.run_of_history(key))
            if audit is not None and audit.is_finished:
                found.add(audit.name)
                break
    return found
