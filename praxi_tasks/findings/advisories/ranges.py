"""From an advisory's events to intervals over a package's sorted boundary versions.

All boundaries of a package are sorted once. A version's *position* among n boundaries is ``2i + 1`` if it
equals boundary i and ``2i`` if it lies below boundary i and above boundary i - 1, so every question about
ranges becomes one bisection and comparisons of integers.
"""

from __future__ import annotations

import bisect
import functools
import operator
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from univers.versions import Version

from praxi_tasks.findings.advisories.osv import Affected, Event, Range
from praxi_tasks.findings.packages import parse_version

END: Final = 1 << 40
_RANGE_TYPES: Final = frozenset({"ECOSYSTEM", "SEMVER"})
_EVENTS: Final = frozenset({"introduced", "fixed", "last_affected", "limit"})


class Interval(msgspec.Struct, frozen=True, array_like=True):
    """Affected positions from ``start`` up to, not including, ``end``.

    ``fixed`` is the number of the boundary that fixes it, -1 if none is named.
    """

    start: int
    end: int
    fixed: int = -1


class BrokenRangeError(ValueError):
    """A range whose events make no sense: a version that can't be read, or nothing introduced."""


class Boundaries:
    """The sorted distinct boundary versions of one package."""

    def __init__(self, kind: str, texts: Sequence[str]) -> None:
        self._kind = kind
        self.texts = texts

    @classmethod
    def of(cls, kind: str, affected: Iterable[Affected]) -> Boundaries:
        """Collect and sort the boundaries of everything that is said about a package."""
        texts = {
            version
            for entry in affected
            for part in entry.ranges
            if part.type in _RANGE_TYPES
            for event in part.events
            for version in event.values()
        }
        parsed = [(version, text) for text in sorted(texts) if (version := parse_version(kind, text))]
        parsed.sort(key=functools.cmp_to_key(_compare))
        distinct = [pair for n, pair in enumerate(parsed) if n == 0 or parsed[n - 1][0] != pair[0]]
        return cls(kind, [text for _, text in distinct])

    def position(self, text: str) -> int | None:
        """Return a version's position, or None if it is malformed."""
        version = parse_version(self._kind, text)
        if version is None:
            return None
        place = bisect.bisect_left(self.texts, version, key=self._parsed)
        equal = place < len(self.texts) and self._parsed(self.texts[place]) == version
        return 2 * place + equal

    def _parsed(self, text: str) -> Version:
        version = parse_version(self._kind, text)
        if version is None:  # only parsable texts are boundaries
            raise BrokenRangeError(text)
        return version


def intervals(part: Range, boundaries: Boundaries) -> list[Interval]:
    """Return the affected intervals of one range; none for a range over commits.

    Raises
    ------
    BrokenRangeError
        If a version can't be read or nothing is introduced.
    """
    if part.type not in _RANGE_TYPES:
        return []
    # The sort is stable: events at one version take effect in the order in which they are written.
    events = sorted((_placed(event, boundaries) for event in part.events), key=operator.itemgetter(0))
    if not any(kind == "introduced" for _, kind in events):
        raise BrokenRangeError("no version is introduced")
    # Versions at or beyond every limit are outside, whatever the other events say.
    cap = max((at for at, kind in events if kind == "limit"), default=END)
    found: list[Interval] = []
    start: int | None = None
    for at, kind in events:
        if kind == "introduced" and start is None:
            start = at
        elif kind in {"fixed", "last_affected"} and start is not None:
            found.append(Interval(start, min(at, cap), at // 2 if kind == "fixed" else -1))
            start = None
    if start is not None:
        found.append(Interval(start, cap))
    return [interval for interval in found if interval.start < interval.end]


def _placed(event: Event, boundaries: Boundaries) -> tuple[int, str]:
    """Return the position at which an event takes effect, and what it is."""
    kind, version = next(iter(event.items()), ("", ""))
    if len(event) != 1 or kind not in _EVENTS:
        raise BrokenRangeError(f"not an event: {event}")
    if kind == "introduced" and version == "0":
        return 0, kind
    if kind == "limit" and version == "*":
        return END, kind
    position = boundaries.position(version)
    if position is None:
        raise BrokenRangeError(f"not a version: {version!r}")
    return position + (kind == "last_affected"), kind


def listed(versions: Iterable[str], known: Sequence[Interval], boundaries: Boundaries) -> tuple[str, ...]:
    """Return the versions an advisory lists that its intervals do not already cover."""
    extra = []
    for text in versions:
        position = boundaries.position(text)
        if position is None or not any(item.start <= position < item.end for item in known):
            extra.append(text)
    return tuple(extra)


def _compare(left: tuple[Version, str], right: tuple[Version, str]) -> int:
    if left[0] == right[0]:
        return 0
    return -1 if left[0] < right[0] else 1
