"""From an advisory's events to intervals over a package's sorted boundary versions.

All boundaries of a package are sorted once. A version's *position* among n boundaries is ``2i + 1`` if it
equals boundary i and ``2i`` if it lies below boundary i and above boundary i - 1, so every question about
ranges becomes one bisection and comparisons of integers.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import operator
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from univers.versions import Version

from praxi_tasks.findings.advisories.osv import Affected, Range
from praxi_tasks.findings.packages import canonical_version, parse_version, public_version

END: Final = 1 << 40
_RANGE_TYPES: Final = frozenset({"ECOSYSTEM", "SEMVER"})
_ENDS: Final = frozenset({"fixed", "last_affected"})
_EVENTS: Final = frozenset({"introduced", "fixed", "last_affected", "limit"})


class Interval(msgspec.Struct, frozen=True, array_like=True):
    """Affected positions from ``start`` up to, not including, ``end``."""

    start: int
    end: int


class Boundaries:
    """The sorted distinct boundary versions of one package; ``kind`` is by whose rules they are sorted."""

    def __init__(self, kind: str, texts: Sequence[str]) -> None:
        self.kind = kind
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
        """Return a version's position, or None if it is malformed.

        A local part counts only where a boundary has one: ``2.1+cpu`` is at ``2.1`` (PEP 440).
        """
        place = self._place(text)
        public = public_version(self.kind, text)
        if place is not None and place % 2 == 0 and public != text:
            below = self._place(public)
            return below if below == place - 1 else place
        return place

    def _place(self, text: str) -> int | None:
        version = parse_version(self.kind, text)
        if version is None:
            return None
        place = bisect.bisect_left(self.texts, version, key=self._parsed)
        equal = place < len(self.texts) and self._parsed(self.texts[place]) == version
        return 2 * place + equal

    def _parsed(self, text: str) -> Version:
        version = parse_version(self.kind, text)
        if version is None:  # only parsable texts are boundaries
            raise ValueError(f"not a version: {text!r}")
        return version


class Evaluated(NamedTuple):
    """What a range means: affected intervals, the numbers of boundaries that fix, and what makes no sense."""

    spans: list[Interval]
    fixes: list[int]
    problems: list[str]


class _Placed(NamedTuple):
    """An event, and the position at which it takes effect."""

    position: int
    kind: str


def evaluate(part: Range, boundaries: Boundaries) -> Evaluated:
    """Return what one range says of a package's versions.

    A bad event is left out and the others count; where nothing readable is introduced, everything before the
    first fix is affected. A range over commits says nothing about versions.
    """
    if part.type not in _RANGE_TYPES:
        return Evaluated([], [], [])
    placed: list[_Placed] = []
    problems: list[str] = []
    for event in part.events:
        for kind, version in event.items():
            position = _position(kind, version, boundaries)
            if position is None:
                problems.append(f"no event: {kind} {version!r}")
            else:
                placed.append(_Placed(position, kind))
    if placed and not any(event.kind == "introduced" for event in placed):
        problems.append("no version is introduced")
        placed.insert(0, _Placed(0, "introduced"))
    fixes = [event.position // 2 for event in placed if event.kind == "fixed"]
    return Evaluated(_spans(placed), fixes, problems)


def _spans(placed: list[_Placed]) -> list[Interval]:
    """Return the intervals between events, as OSV's schema evaluates them.

    At one version, what ends an interval from below comes before what begins another one there.
    """
    # Versions at or beyond every limit are outside, whatever the other events say.
    cap = max((event.position for event in placed if event.kind == "limit"), default=END)
    found: list[Interval] = []
    start: int | None = None
    in_order = sorted(placed, key=operator.attrgetter("position"))
    for at, here in itertools.groupby(in_order, key=operator.attrgetter("position")):
        kinds = [event.kind for event in here]
        if start is not None:
            kinds.sort(key=lambda kind: kind not in _ENDS)
        for kind in kinds:
            if kind == "introduced" and start is None:
                start = at
            elif kind in _ENDS and start is not None:
                found.append(Interval(start, min(at, cap)))
                start = None
    if start is not None:
        found.append(Interval(start, cap))
    return [interval for interval in found if interval.start < interval.end]


def _position(kind: str, version: str, boundaries: Boundaries) -> int | None:
    """Return the position at which an event takes effect, or None where that can't be told."""
    if kind not in _EVENTS:
        return None
    if kind == "introduced" and version == "0":
        return 0
    if kind == "limit" and version == "*":
        return END
    position = boundaries.position(version)
    return None if position is None else position + (kind == "last_affected")


def merged(spans: Iterable[Interval]) -> list[Interval]:
    """Return the same positions as intervals in their order, of which none meets another one."""
    found: list[Interval] = []
    for span in sorted(spans, key=operator.attrgetter("start")):
        if found and span.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def covers(spans: Sequence[Interval], position: int) -> bool:
    """Return whether one of some :func:`merged` intervals holds a position."""
    place = bisect.bisect_right(spans, position, key=operator.attrgetter("start")) - 1
    return place >= 0 and position < spans[place].end


def listed(versions: Iterable[str], known: Sequence[Interval], boundaries: Boundaries) -> tuple[str, ...]:
    """Return the versions an advisory lists that no interval covers, in their canonical spelling.

    Parameters
    ----------
    known
        What the advisory's ranges cover, :func:`merged`.
    """
    extra = []
    for text in versions:
        position = boundaries.position(text)
        if position is None or not covers(known, position):
            extra.append(canonical_version(boundaries.kind, text))
    return tuple(extra)


def _compare(left: tuple[Version, str], right: tuple[Version, str]) -> int:
    if left[0] == right[0]:
        return 0
    return -1 if left[0] < right[0] else 1
