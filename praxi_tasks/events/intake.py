"""Which pushes are audited, and when: each image once, many together, never too many.

All that is known lies in the store, so it does not matter which process, task or replica takes a push in:

- a digest that was taken in the last hours is not taken again;
- what is taken within one window of time is audited by one run, which begins when the window is over;
- an hour has so many places. Who finds none gets one of the next hour; who finds none there either is left
  to the daily audit.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, InvalidReferenceError, KeyNotFoundError
from praxi_tasks.events.notices import Push
from praxi_tasks.oci.image import Reference
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

_HOUR: Final = timedelta(hours=1)
_GRACE: Final = timedelta(seconds=2)
_SPARE_DAYS: Final = 2
_MOMENT: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Whose pushes are taken, and how many.

    Attributes
    ----------
    registries
        Globs of registries, or of beginnings of repositories in them.
    window
        How long pushes are gathered for one audit, in seconds.
    hours
        For how many hours a digest is not taken again.
    limit
        How many images are taken in an hour.
    """

    registries: tuple[str, ...]
    window: int = 10
    hours: int = 24
    limit: int = 200


class Intake(msgspec.Struct, frozen=True):
    """What became of pushes: the windows they are audited in, and how many were not taken, and why.

    ``seen`` were taken before, ``foreign`` are of no registry that is named, ``left`` found no place.
    """

    windows: tuple[str, ...] = ()
    taken: int = 0
    seen: int = 0
    foreign: int = 0
    left: int = 0


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class _Taken(msgspec.Struct):
    at: datetime


def take(
    store: Store,
    pushes: Iterable[Push],
    rules: Rules,
    clock: Callable[[], datetime] = utc_now,
    on_window: Callable[[str], None] = lambda _: None,
) -> Intake:
    """Take pushes in.

    Parameters
    ----------
    clock
        Tells the time, in UTC: taking many in takes longer than a window.
    on_window
        Is told of each window before a push is put into it: whoever remembers it loses none.

    Raises
    ------
    StoreUnavailableError
        If the store can't be reached; what was taken by then stays taken, and is audited.
    """
    taking = _Taking(store, rules, clock, on_window)
    for push in pushes:
        taking.take(push)
    taking.forget()
    return Intake(tuple(sorted(taking.windows)), **taking.counts)


def is_heeded(push: Push, rules: Rules) -> bool:
    """Return whether a push is of a registry that is named."""
    return Reference.parse(push.image).is_of(rules.registries)


def window_end(window: str) -> datetime:
    """Return when a window is over: whatever was to be in it is there.

    Raises
    ------
    ValueError
        If it is no name of a window.
    """
    return _moment(window) + _GRACE


def gathered(store: Store, window: str) -> tuple[str, ...]:
    """Return the references of the images of a window, in order; what is damaged is passed over."""
    folder = keys.event_window(window[:8], window)
    found = set()
    for key in store.list(folder):
        try:
            found.add(str(Reference.parse(documents.read(store, key, Push).image)))
        except (CorruptObjectError, InvalidReferenceError, KeyNotFoundError) as error:
            logger.warning("a push is passed over: %s", error)
    return tuple(sorted(found))


class _Taking:
    """One taking in of pushes."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        clock: Callable[[], datetime],
        on_window: Callable[[str], None],
    ) -> None:
        self.windows: set[str] = set()
        self.counts: Counter[str] = Counter()
        self._store = store
        self._rules = rules
        self._clock = clock
        self._on_window = on_window
        self._used: dict[str, int] = {}

    def take(self, push: Push) -> None:
        """Take one in, or count why not."""
        now = self._clock()
        if not is_heeded(push, self._rules):
            self.counts["foreign"] += 1
        elif push.digest and self._was_seen(push.digest, now):
            self.counts["seen"] += 1
        elif (begin := self._place(push, now)) is None:
            self.counts["left"] += 1
        elif push.digest and not self._claim(push.digest, now):
            self.counts["seen"] += 1
        else:
            self.counts["taken"] += 1
            self._write(push, begin)

    def forget(self) -> None:
        """Delete what no push is compared with any more, but for days that the service has still to audit."""
        oldest = f"{self._oldest(self._clock()) - timedelta(days=_SPARE_DAYS):%Y%m%d}"
        if not (old := sorted(day for day in self._store.folders(keys.event_days()) if day < oldest)):
            return
        waiting = {key.rpartition("/")[2][: len(oldest)] for key in self._store.list(keys.served_windows())}
        for day in old:
            if day not in waiting:
                for key in list(self._store.list(keys.event_day(day))):
                    self._store.delete(key)

    def _oldest(self, now: datetime) -> datetime:
        return now - self._rules.hours * _HOUR

    def _was_seen(self, digest: str, now: datetime) -> bool:
        """Return whether an image was taken in the last hours."""
        oldest = self._oldest(now)
        days = (now.date() - oldest.date()).days
        found = (self._taken_at(now - timedelta(days=back), digest) for back in range(days + 1))
        return any(at is not None and oldest < at for at in found)

    def _taken_at(self, day: datetime, digest: str) -> datetime | None:
        try:
            return documents.read(self._store, keys.event_image(f"{day:%Y%m%d}", digest), _Taken).at
        except (KeyNotFoundError, CorruptObjectError):
            return None

    def _claim(self, digest: str, now: datetime) -> bool:
        """Remember that an image is taken; of several who take it at once, one does."""
        key, taken = keys.event_image(f"{now:%Y%m%d}", digest), _Taken(now)
        if self._store.put(key, documents.encode(taken)):
            return True
        if self._was_seen(digest, now):
            return False
        documents.write(self._store, key, taken)
        return True

    def _place(self, push: Push, now: datetime) -> datetime | None:
        """Take a place of this hour or the next, and return from when on it may be used."""
        use = documents.encode({"image": push.image, "at": now})
        for begin in (now, now.replace(minute=0, second=0, microsecond=0) + _HOUR):
            hour = f"{begin:%Y%m%dT%H}"
            while (slot := self._slot(hour)) < self._rules.limit:
                self._used[hour] = slot + 1
                if self._store.put(keys.event_slot(hour, slot), use):
                    return begin
        return None

    def _slot(self, hour: str) -> int:
        """Return the first place of an hour that nobody is known to have."""
        if hour not in self._used:
            self._used[hour] = sum(1 for _ in self._store.list(keys.event_allowance(hour)))
        return self._used[hour]

    def _write(self, push: Push, begin: datetime) -> None:
        """Put an image into its window; into a later one too if that was over before it was there."""
        while True:
            window = _window(max(begin, self._clock()), self._rules)
            name = push.digest or push.image
            if window not in self.windows:
                self._on_window(window)
            documents.write(self._store, keys.event_window_image(window[:8], window, name), push)
            if self._clock() <= window_end(window):
                break
        self.windows.add(window)


def _window(begin: datetime, rules: Rules) -> str:
    """Return the window of a time, named by its end: windows are spans of the same length since 1970."""
    number = int(begin.timestamp()) // rules.window + 1
    return f"{datetime.fromtimestamp(number * rules.window, UTC):{_MOMENT}}"


def _moment(window: str) -> datetime:
    return datetime.strptime(window, _MOMENT).replace(tzinfo=UTC)
