"""Advisories by package, compact and quick to ask.

Packages and advisories are kept encoded and are decoded when an image first needs them: an index of every
ecosystem stays small in memory, and an audit pays for the packages it meets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, TypeAlias

import msgspec
import zstandard

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.advisories.ranges import Boundaries, Interval, covers
from praxi_tasks.findings.feeds import AdvisorySource, FeedProblem
from praxi_tasks.findings.finding import Severity
from praxi_tasks.findings.packages import canonical_version, public_version, version_type
from praxi_tasks.store.frames import unpack_frame

PROTOCOL: Final = 4
_LARGEST: Final = 4 << 30
MOST_FIXES: Final = 20
"""Fixed versions that a finding names, the nearest first: an advisory may name a hundred thousand."""


class Advisory(msgspec.Struct, frozen=True, array_like=True):
    """One vulnerability under all its names; see :class:`~praxi_tasks.findings.finding.Finding`."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: Severity
    score: float
    epss: float = -1.0
    exploited: bool = False
    vector: str = ""


class Affects(msgspec.Struct, frozen=True, array_like=True):
    """What one vulnerability affects of a package: merged intervals of positions, and single versions.

    ``fixes`` are the numbers of the boundaries that are said to fix it, in their order; ``severity`` is the
    publisher's own word on this package, None where it has none.
    """

    advisory: int
    intervals: tuple[Interval, ...]
    versions: tuple[str, ...] = ()
    fixes: tuple[int, ...] = ()
    severity: Severity | None = None


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """Everything known about one package."""

    boundaries: tuple[str, ...]
    affects: tuple[Affects, ...]


class Contents(msgspec.Struct, frozen=True):
    """An index as it is stored."""

    protocol: int
    sources: tuple[AdvisorySource, ...]
    broken: tuple[FeedProblem, ...]
    problems: tuple[str, ...]
    advisories: list[msgspec.Raw]
    packages: dict[str, dict[str, msgspec.Raw]]


class Hit(msgspec.Struct, frozen=True):
    """A vulnerability that affects a version, and the later versions that fix it, the nearest first.

    No range of the vulnerability covers a version that fixes it; there are several where branches are fixed
    apart, and none where no fix is named.
    """

    advisory: Advisory
    fixed: tuple[str, ...] = ()


Listed: TypeAlias = Mapping[str, set[int]]
"""Which vulnerabilities of a package, by their places in its entry, list each version."""


class AdvisoryIndex:
    """Answers which vulnerabilities affect a release."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._entries: dict[tuple[str, str], Entry | None] = {}
        self._advisories: dict[tuple[int, Severity | None], Advisory] = {}
        # By position, not by version: who claims a package in a thousand versions asks a few questions.
        self._hits: dict[tuple[str, str, int | None, frozenset[int]], tuple[Hit, ...]] = {}
        self._listed: dict[tuple[str, str], Listed] = {}

    @property
    def sources(self) -> tuple[AdvisorySource, ...]:
        """The feeds it was made from."""
        return self._contents.sources

    @property
    def broken(self) -> tuple[FeedProblem, ...]:
        """The feeds that could not be read."""
        return self._contents.broken

    @property
    def problems(self) -> tuple[str, ...]:
        """What of the other feeds could not be used, one sentence each."""
        return self._contents.problems

    @classmethod
    def empty(cls) -> AdvisoryIndex:
        """Return an index without advisories."""
        return cls(Contents(PROTOCOL, (), (), (), [], {}))

    def covers(self, namespace: str) -> bool:
        """Return whether it has any advisory about a namespace's packages."""
        return bool(self._contents.packages.get(namespace))

    def to_bytes(self) -> bytes:
        """Return the index for the store; the same feeds give the same bytes."""
        return zstandard.ZstdCompressor(level=9, write_checksum=True).compress(
            msgspec.msgpack.encode(self._contents)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> AdvisoryIndex:
        """Read a stored index.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged, have no checksum, or are of another protocol.
        """
        try:
            # What is decoded later, when it is asked for, has to be whole too.
            plain = unpack_frame(data, _LARGEST, checked=True)
            contents = msgspec.msgpack.decode(plain, type=Contents)
        except (ValueError, RecursionError) as error:
            raise CorruptObjectError(f"the advisory index is damaged: {error}") from error
        if contents.protocol != PROTOCOL:
            raise CorruptObjectError(f"the advisory index has protocol {contents.protocol}, not {PROTOCOL}")
        return cls(contents)

    def knows(self, namespace: str, name: str) -> bool:
        """Return whether it has any advisory about a package."""
        return name in self._contents.packages.get(namespace, {})

    def sources_of(self, namespace: str) -> tuple[AdvisorySource, ...]:
        """Return the feeds that it has advisories from about a namespace's packages."""
        return tuple(source for source in self.sources if namespace in source.namespaces)

    def find(self, namespace: str, name: str, version: str) -> tuple[Hit, ...]:
        """Return the vulnerabilities that affect a version; none where the version is malformed.

        Parameters
        ----------
        namespace
            Of :mod:`praxi_tasks.findings.packages.namespaces`.
        name
            As :func:`~praxi_tasks.findings.packages.component.package_key` spells it.
        """
        entry = self._entry(namespace, name)
        if entry is None:
            return ()
        named = self._listed_versions(namespace, name, entry)
        kind = version_type(namespace)
        position = Boundaries(kind, entry.boundaries).position(version)
        spellings = {canonical_version(kind, text) for text in (version, public_version(kind, version))}
        listed = frozenset(number for text in spellings for number in named.get(text, ()))
        key = (namespace, name, position, listed)
        if key not in self._hits:
            self._hits[key] = self._affecting(kind, entry, named, position, listed)
        return self._hits[key]

    def _listed_versions(self, namespace: str, name: str, entry: Entry) -> Listed:
        """Return which of a package's vulnerabilities list each version."""
        if (namespace, name) not in self._listed:
            found: dict[str, set[int]] = {}
            for number, item in enumerate(entry.affects):
                for version in item.versions:
                    found.setdefault(version, set()).add(number)
            self._listed[namespace, name] = found
        return self._listed[namespace, name]

    def all_of(self, namespace: str, name: str) -> tuple[Hit, ...]:
        """Return every vulnerability of a package, each with the last version that fixes it."""
        entry = self._entry(namespace, name)
        if entry is None:
            return ()
        kind, named = version_type(namespace), self._listed_versions(namespace, name, entry)
        hits = []
        for number, item in enumerate(entry.affects):
            last = _uncovered(entry, number, reversed(item.fixes), kind, named)
            hits.append(Hit(self._advisory(item), tuple(islice(last, 1))))
        return tuple(hits)

    def epochs(self, namespace: str, name: str) -> frozenset[str]:
        """Return the epochs of the versions that advisories name for a package, ``0`` where there is none."""
        entry = self._entry(namespace, name)
        texts = entry.boundaries if entry else ()
        return frozenset(text.rpartition(":")[0] or "0" for text in texts if text != "0")

    def _affecting(
        self, kind: str, entry: Entry, named: Listed, position: int | None, listed: frozenset[int]
    ) -> tuple[Hit, ...]:
        """Return what affects a version at a position; ``listed`` are those that list it by its text."""
        hits = []
        for number, item in enumerate(entry.affects):
            if number in listed or _covers(item, position):
                first = bisect_left(item.fixes, ((position or 0) + 1) // 2)
                later = _uncovered(entry, number, islice(item.fixes, first, None), kind, named)
                hits.append(Hit(self._advisory(item), tuple(islice(later, MOST_FIXES))))
        return tuple(hits)

    def _entry(self, namespace: str, name: str) -> Entry | None:
        key = (namespace, name)
        if key not in self._entries:
            raw = self._contents.packages.get(namespace, {}).get(name)
            self._entries[key] = None if raw is None else msgspec.msgpack.decode(raw, type=Entry)
        return self._entries[key]

    def _advisory(self, item: Affects) -> Advisory:
        key = (item.advisory, item.severity)
        if key not in self._advisories:
            found = msgspec.msgpack.decode(self._contents.advisories[item.advisory], type=Advisory)
            if item.severity is not None:
                found = msgspec.structs.replace(found, severity=item.severity)
            self._advisories[key] = found
        return self._advisories[key]


def _covers(item: Affects, position: int | None) -> bool:
    return position is not None and covers(item.intervals, position)


def _uncovered(entry: Entry, number: int, fixes: Iterable[int], kind: str, named: Listed) -> Iterator[str]:
    """Yield those of a vulnerability's fixes that nothing of it covers, in their order."""
    for place in fixes:
        text = entry.boundaries[place]
        is_listed = number in named.get(canonical_version(kind, text), ())
        if not is_listed and not _covers(entry.affects[number], 2 * place + 1):
            yield text
