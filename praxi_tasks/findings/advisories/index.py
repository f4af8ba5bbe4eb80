"""Advisories by package, compact and quick to ask.

Packages and advisories are kept encoded and are decoded when an image first needs them: an index of every
ecosystem stays small in memory, and an audit pays for the packages it meets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import zstandard

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.advisories.ranges import Boundaries, Interval, covers
from praxi_tasks.findings.feeds import AdvisorySource, FeedProblem
from praxi_tasks.findings.finding import Severity
from praxi_tasks.findings.packages import canonical_version, public_version, version_type
from praxi_tasks.store.frames import unpack_frame

PROTOCOL: Final = 3
_LARGEST: Final = 4 << 30


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


class AdvisoryIndex:
    """Answers which vulnerabilities affect a release."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._entries: dict[tuple[str, str], Entry | None] = {}
        self._advisories: dict[tuple[int, Severity | None], Advisory] = {}
        # By position, not by version: who claims a package in a thousand versions asks a few questions.
        self._hits: dict[tuple[str, str, int | None, frozenset[str]], tuple[Hit, ...]] = {}
        self._listed: dict[tuple[str, str], frozenset[str]] = {}

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
        if (namespace, name) not in self._listed:
            named = (version for item in entry.affects for version in item.versions)
            self._listed[namespace, name] = frozenset(named)
        kind = version_type(namespace)
        position = Boundaries(kind, entry.boundaries).position(version)
        spellings = {canonical_version(kind, text) for text in (version, public_version(kind, version))}
        listed = self._listed[namespace, name] & spellings
        key = (namespace, name, position, listed)
        if key not in self._hits:
            self._hits[key] = self._affecting(kind, entry, position, listed)
        return self._hits[key]

    def all_of(self, namespace: str, name: str) -> tuple[Hit, ...]:
        """Return every vulnerability of a package, each with the last version that fixes it."""
        entry = self._entry(namespace, name)
        if entry is None:
            return ()
        return tuple(
            Hit(self._advisory(item), _fixes(item, entry.boundaries, version_type(namespace))[-1:])
            for item in entry.affects
        )

    def epochs(self, namespace: str, name: str) -> frozenset[str]:
        """Return the epochs of the versions that advisories name for a package, ``0`` where there is none."""
        entry = self._entry(namespace, name)
        texts = entry.boundaries if entry else ()
        return frozenset(text.rpartition(":")[0] or "0" for text in texts if text != "0")

    def _affecting(
        self, kind: str, entry: Entry, position: int | None, listed: frozenset[str]
    ) -> tuple[Hit, ...]:
        """Return what affects a version at a position, which some advisories may list by its text."""
        return tuple(
            Hit(self._advisory(item), _fixes(item, entry.boundaries, kind, position or 0))
            for item in entry.affects
            if _covers(item, position) or not listed.isdisjoint(item.versions)
        )

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


def _fixes(item: Affects, boundaries: Sequence[str], kind: str, position: int = 0) -> tuple[str, ...]:
    """Return the named fixes after a position that nothing of a vulnerability covers, in their order."""
    later = (place for place in item.fixes if 2 * place + 1 > position)
    outside = [boundaries[place] for place in later if not _covers(item, 2 * place + 1)]
    listed = frozenset(item.versions) if outside else frozenset()
    return tuple(text for text in outside if canonical_version(kind, text) not in listed)
