"""What an audit leaves for the next: the findings that are open, and its place in the trend."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.assessment.document import AssessedAudit, TrendPoint
from praxi_tasks.store import Store, keys

_TREND: Final = 90
_LOCAL: Final = ("oci:", "oci-archive:", "docker-archive:")


class Open(msgspec.Struct, frozen=True):
    """One open finding, as the next audit remembers it; ``names`` are its advisory's other names."""

    since: str
    severity: str
    names: tuple[str, ...] = ()


class Memory(msgspec.Struct, frozen=True):
    """What an audit leaves for the next: open findings by image, then by key, and its place in the trend.

    ``gaps`` names, by image, what was not looked at when its findings were seen last.
    """

    run: str
    at: str
    images: dict[str, dict[str, Open]]
    point: TrendPoint
    gaps: dict[str, tuple[str, ...]] = {}


def remember(audit: AssessedAudit, before: Memory | None) -> Memory:
    """Return what the next audit needs to know about this one: what it found, and what it carried on."""
    images: dict[str, dict[str, Open]] = {}
    gaps: dict[str, set[str]] = {}
    for image in audit.images:
        found = {item.key: Open(item.since, item.severity, item.aliases) for item in image.open_findings}
        images.setdefault(image.key, {}).update(found)
        gaps.setdefault(image.key, set()).update(gap.key for gap in image.coverage if gap.is_gap)
    for one in audit.carried:
        known = before.images.get(one.image, {}).get(one.key) if before else None
        images.setdefault(one.image, {})[one.key] = known or Open(one.since, one.severity)
    for name in {one.image for one in audit.carried}:
        gaps[name] = set(before.gaps.get(name, ())) if before else set()
    return Memory(
        audit.run,
        audit.at,
        images,
        trend_point(audit),
        {name: tuple(sorted(some)) for name, some in gaps.items() if some},
    )


def trend_point(audit: AssessedAudit) -> TrendPoint:
    """Return an audit's place in the trend."""
    found = [finding for image in audit.images for finding in image.open_findings]
    severities = Counter[str](finding.severity for finding in found)
    kinds = Counter[str](finding.kind for finding in found)
    return TrendPoint(audit.at, len(audit.images), dict(severities), dict(kinds))


def memory_of_audited(memory: Memory | None, audit: AssessedAudit) -> Memory | None:
    """Return what a memory holds of the images that an audit is about, or of a new one's other tags.

    Audits by hand come and go with the images they name: an image that was not named is not resolved.
    """
    if memory is None:
        return None
    asked = {image.key for image in audit.images}
    rolled_out = {image_repository(name) for name in asked - memory.images.keys()}
    images = {
        name: known
        for name, known in memory.images.items()
        if name in asked or image_repository(name) in rolled_out
    }
    return msgspec.structs.replace(memory, images=images)


def join_memories(memory: Memory, before: Memory | None) -> Memory:
    """Return a memory with what the one before knew of images that the audit was not about."""
    older = before.images if before else {}
    return msgspec.structs.replace(memory, images={**older, **memory.images})


class History:
    """The memories of past audits in a store; ``scope`` keeps the Dag's apart from those by hand."""

    def __init__(self, store: Store, scope: str) -> None:
        self._store = store
        self.scope = scope

    def before(self, at: str, run: str) -> tuple[Memory | None, tuple[TrendPoint, ...]]:
        """Return the memory of the last audit before ``at``, and the trend up to it.

        A memory that is damaged is passed over.
        """
        memories: list[Memory] = []
        latest = keys.history_entry(self.scope, at, "~")
        earlier = sorted(key for key in self._store.list(keys.history(self.scope)) if key <= latest)
        for key in earlier[-_TREND - 1 :]:
            try:
                memory = msgspec.json.decode(self._store.get(key), type=Memory)
            except (ValueError, RecursionError, CorruptObjectError):
                continue
            if memory.run != run and memory.at <= at:
                memories.append(memory)
        memories.sort(key=lambda memory: memory.at)
        return (memories[-1] if memories else None), tuple(memory.point for memory in memories[-_TREND:])

    def is_newest(self, at: str) -> bool:
        """Return whether no audit after ``at`` is remembered."""
        latest = keys.history_entry(self.scope, at, "~")
        return all(key <= latest for key in self._store.list(keys.history(self.scope)))

    def add(self, memory: Memory) -> None:
        """Keep an audit's memory; a retry of the same audit writes it anew."""
        key = keys.history_entry(self.scope, memory.at, memory.run)
        self._store.replace(key, msgspec.json.encode(memory))


def image_repository(reference: str) -> str:
    """Return an image reference without its tag and digest; a place on this machine is what it is."""
    if reference.startswith(_LOCAL):
        return reference
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
