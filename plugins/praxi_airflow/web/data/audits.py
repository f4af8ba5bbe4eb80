"""Which audits the store has: those that are complete, and those that still run.

The names of the history's entries say when audits were, so nothing is read but the few small documents that
:class:`~praxi_tasks.findings.report.Overview` stands for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from threading import Lock
from typing import Final, TypeVar

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.findings.report import OVERVIEW, Overview
from praxi_tasks.store import Store, documents, keys

T = TypeVar("T")

LINES: Final = ("dag", "manual", "local", "backfill")
"""The lines of audits, the one that speaks for the clusters first; see docs/findings.md."""
_ENTRY: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)[^_]*_(.+)\.json")
_STEPS: Final = ("images.json", "plan.json", "predictions.json", "report.json")
_KEPT: Final = 15.0  # seconds for which the store is not asked again
_KEPT_OVERVIEW: Final = 60.0
_MOST_KNOWN: Final = 200
_MOST_LOOKED_AT: Final = 20
_MOST_RUNNING: Final = 20
_MOST_WRITTEN: Final = 5000  # objects of a run: its batches come before what a report consists of
_QUIET: Final = 3 * 3600.0  # longer than a pod lives: a run that wrote nothing for so long has ended


@dataclass(frozen=True, order=True)
class PastAudit:
    """An audit by the name of its history's entry; ``at`` is ISO 8601, in UTC, and orders audits."""

    at: str
    run: str
    line: str


@dataclass(frozen=True)
class RunningAudit:
    """An audit that has begun and is not complete.

    Attributes
    ----------
    run
        Its key.
    batches, read
        Batches of layers, and how many of them were read; None before they are planned.
    step
        The last step of which the store has the result.
    written
        When it last stored something, ISO 8601 in UTC.
    """

    run: str
    step: str
    batches: int | None
    read: int
    written: str


class Audits:
    """The audits of a store; what is asked again within seconds is answered from memory.

    Parameters
    ----------
    store
        Where they are.
    now
        Seconds that only grow.
    clock
        Seconds since the epoch, as the store has them.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._known: dict[tuple[str, str], tuple[float, object]] = {}

    def listed(self, line: str = LINES[0]) -> tuple[PastAudit, ...]:
        """Return the audits of a line that the history knows, the newest first."""
        return self._remembered(("listed", line), lambda: tuple(self._listed(line)))

    def overview(self, run: str) -> Overview:
        """Return what an audit says of itself.

        Raises
        ------
        KeyNotFoundError
            If there is no such audit, or it is not complete.
        CorruptObjectError
            If the document is damaged.
        """
        found = self._remembered(("overview", run), lambda: self._overview(run), _KEPT_OVERVIEW)
        if isinstance(found, Exception):
            raise found
        return found

    def latest(self) -> Overview | None:
        """Return the newest complete audit of the first line that has any; None without one.

        An audit whose overview is missing or damaged is passed over.
        """
        for line in LINES:
            for past in self.listed(line)[:_MOST_LOOKED_AT]:
                try:
                    return self.overview(past.run)
                except (KeyNotFoundError, CorruptObjectError):
                    continue
        return None

    def before(self, overview: Overview, most: int) -> Iterator[Overview]:
        """Yield the complete audits of the same line before one, the newest first, at most so many."""
        for past in self.listed(overview.scope.line):
            if most > 0 and past.run != overview.run and past.at <= _moment(overview.at):
                try:
                    yield self.overview(past.run)
                    most -= 1
                except (KeyNotFoundError, CorruptObjectError):
                    continue

    def running(self) -> tuple[RunningAudit, ...]:
        """Return the audits that have begun and are not complete, the newest first.

        Of those that failed the store does not know: they are left out once they stored nothing for hours.
        """
        return self._remembered(("running", ""), lambda: tuple(self._running()))

    def _listed(self, line: str) -> Iterator[PastAudit]:
        names = (key.rpartition("/")[2] for key in self._store.list(keys.history(line)))
        matches = sorted(filter(None, map(_ENTRY.fullmatch, names)), key=lambda match: match[0], reverse=True)
        for match in matches:
            day, hour, minute, second, run = match.groups()
            yield PastAudit(f"{day}T{hour}:{minute}:{second}+00:00", run, line)

    def _overview(self, run: str) -> Overview | KeyNotFoundError | CorruptObjectError:
        try:
            return documents.read(self._store, keys.run(run, OVERVIEW), Overview)
        except (KeyNotFoundError, CorruptObjectError) as error:
            return error

    def _running(self) -> Iterator[RunningAudit]:
        done = {past.run for line in LINES for past in self.listed(line)}
        begun = [run for run in self._store.folders("audits") if run not in done]
        for run in sorted(begun, key=lambda run: run.rpartition("__")[2], reverse=True)[:_MOST_RUNNING]:
            found = self._going_on(run)
            if found is not None:
                yield found

    def _going_on(self, run: str) -> RunningAudit | None:
        entries = islice(self._store.entries(f"audits/{run}"), _MOST_WRITTEN)
        written = {entry.key.partition(f"audits/{run}/")[2]: entry.modified for entry in entries}
        steps = [step for step in _STEPS if step in written]
        last = max(written.values(), default=0.0)
        if not steps or self._clock() - last > _QUIET:
            return None
        read = sum(name.startswith("batches/") for name in written)
        at = datetime.fromtimestamp(last, UTC).isoformat(timespec="seconds")
        return RunningAudit(run, steps[-1].removesuffix(".json"), self._batches(run), read, at)

    def _batches(self, run: str) -> int | None:
        try:
            return len(documents.read(self._store, keys.run(run, "batches.json"), list[int]))
        except (KeyNotFoundError, CorruptObjectError):
            return None

    def _remembered(self, key: tuple[str, str], ask: Callable[[], T], seconds: float = _KEPT) -> T:
        with self._lock:
            since, value = self._known.get(key, (None, None))
        if since is not None and self._now() - since < (_KEPT if isinstance(value, Exception) else seconds):
            return value  # type: ignore[return-value]  # the key says which type
        fresh = ask()
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = (self._now(), fresh)
        return fresh


def _moment(at: str) -> str:
    """Return a time as :class:`PastAudit` has it."""
    return datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="seconds")
