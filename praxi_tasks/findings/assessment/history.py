"""What an audit leaves for the next: the findings that are open, and its place in the trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.findings.assessment.document import (
    LONGEST_TREND,
    AssessedAudit,
    AssessedImage,
    ModelHealth,
    Places,
    TrendPoint,
    images_by_cluster,
)
from praxi_tasks.findings.assessment.grouping import told
from praxi_tasks.findings.assessment.identity import image_place
from praxi_tasks.findings.coverage import Aspect, Coverage
from praxi_tasks.findings.finding import severity_rank
from praxi_tasks.json_decoding import decoder
from praxi_tasks.store import Store, keys


class Open(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding, as the next audit remembers it; ``names`` are its advisory's other names.

    ``gaps`` names what was not looked at when it was seen last, where that is not what the memory says of
    its image now: of a finding that was carried on. ``ignored`` is one that the policy set aside.
    ``packages`` are those that a hidden one is about. ``overdue`` is one whose deadline was over.
    """

    since: str
    severity: str
    names: tuple[str, ...] = ()
    gaps: tuple[str, ...] | None = None
    ignored: bool = False
    exploited: bool = False
    packages: tuple[str, ...] = ()
    overdue: bool = False

    def joined(self, other: Open) -> Open:
        """Return what is remembered of both together: there for longest, open if one is, the most severe."""
        grave = min(self.severity, other.severity, key=severity_rank)
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        ignored, exploited = self.ignored and other.ignored, self.exploited or other.exploited
        packages = tuple(dict.fromkeys((*self.packages, *other.packages)))
        since, overdue = min(self.since, other.since), self.overdue or other.overdue
        return Open(since, grave, names, self.gaps, ignored, exploited, packages, overdue)


class Memory(msgspec.Struct, frozen=True):
    """What an audit leaves for the next: its findings by image, then by key, and its place in the trend.

    ``gaps`` names, by image, what of it was not looked at. ``places`` says where each image was
    listed last, ``complete`` whether the list was of all clusters; ``health`` is of the last that was.
    """

    run: str
    at: str
    images: dict[str, dict[str, Open]]
    point: TrendPoint
    gaps: dict[str, tuple[str, ...]] = {}
    places: Places = {}
    health: ModelHealth = ModelHealth()
    complete: bool = True


def gap_name(gap: Coverage) -> str:
    """Return what makes a gap the same tomorrow.

    What is partly read of a database differs with what is wrong with it; a feed only becomes older.
    """
    of_image = gap.aspect in {Aspect.LAYERS, Aspect.DATABASES}
    return "|".join((gap.state, gap.key, gap.reason) if of_image else (gap.state, gap.key))


def gaps_of_image(audit: AssessedAudit, image: AssessedImage) -> Iterator[Coverage]:
    """Yield what was not looked at of an image: by itself, and because another model than usual spoke."""
    yield from (one for one in (*image.coverage, audit.model_coverage) if one.is_gap)


def gaps_of(memory: Memory, image: str, item: Open) -> tuple[str, ...]:
    """Return what was not looked at when an image's finding was seen last."""
    return memory.gaps.get(image, ()) if item.gaps is None else item.gaps


def with_attempt(before: Memory | None, attempt: Memory | None) -> Memory | None:
    """Return the previous memory with what an earlier attempt of the audit itself found besides."""
    if attempt is None or before is None:
        return before or attempt
    images = dict(before.images)
    for name, found in attempt.images.items():
        known = images.get(name, {})
        more = {
            key: msgspec.structs.replace(item, gaps=gaps_of(attempt, name, item))
            for key, item in found.items()
            if key not in known
        }
        images[name] = {**known, **more}
    places = {name: {**some, **before.places.get(name, {})} for name, some in attempt.places.items()}
    return msgspec.structs.replace(before, images=images, places={**before.places, **places})


def remember(audit: AssessedAudit) -> Memory:
    """Return what the next audit needs to know about this one: what it found, and what it carried on."""
    images: dict[str, dict[str, Open]] = {}
    gaps: dict[str, set[str]] = {}
    for image in audit.images:
        _add(images.setdefault(image.key, {}), image)
        gaps.setdefault(image.key, set()).update(map(gap_name, gaps_of_image(audit, image)))
    for one in audit.carried:
        item = Open(**{name: getattr(one, name) for name in Open.__struct_fields__})
        images.setdefault(one.image, {}).setdefault(one.key, item)
    return Memory(
        audit.run,
        audit.at,
        images,
        trend_point(audit),
        {name: tuple(sorted(some)) for name, some in gaps.items() if some},
        audit.places,
        audit.health,
        audit.scope.is_complete,
    )


def _add(known: dict[str, Open], image: AssessedImage) -> None:
    """Add an image's findings; two versions of a package may have one key, and the most severe counts."""
    for finding in image.findings:
        ignored = finding.ignored is not None
        item = Open(
            finding.since,
            finding.severity,
            finding.aliases,
            ignored=ignored,
            exploited=finding.exploited,
            packages=finding.package_names if finding.kind == "hidden" else (),
            overdue=finding.overdue,
        )
        known[finding.key] = item.joined(known[finding.key]) if finding.key in known else item


def trend_point(audit: AssessedAudit) -> TrendPoint:
    """Return an audit's place in the trend; what it could not look for is open as before."""
    found: list[tuple[str, str]] = [(one.finding.severity, one.finding.kind) for one in told(audit.images)]
    found += [(one.severity, one.kind) for one in audit.carried if not one.ignored]
    blind = {gap.cluster for gap in audit.scope.gaps if gap.of_cluster and not gap.implausible}
    return TrendPoint(
        audit.at,
        len(audit.images),
        dict(Counter(severity for severity, _ in found)),
        dict(Counter(kind for _, kind in found)),
        clusters=images_by_cluster(audit.images),
        listed=None not in blind,
        blind=tuple(sorted(cluster for cluster in blind if cluster is not None)),
    )


def memory_of_audited(memory: Memory | None, audit: AssessedAudit) -> Memory | None:
    """Return what a memory holds of the images that an audit is about, or of a new one's other tags.

    Audits by hand come and go with the images they name: an image that was not named is not resolved.
    """
    if memory is None:
        return None
    asked = {image.key for image in audit.images}
    rolled_out = {image_place(name) for name in asked - memory.images.keys()}
    images = {
        name: known
        for name, known in memory.images.items()
        if name in asked or image_place(name) in rolled_out
    }
    return msgspec.structs.replace(memory, images=images)


def join_memories(memory: Memory, before: Memory | None) -> Memory:
    """Return a memory with what the one before knew of images that the audit was not about."""
    if before is None:
        return memory
    gaps = {name: some for name, some in before.gaps.items() if name not in memory.images}
    return msgspec.structs.replace(
        memory, images={**before.images, **memory.images}, gaps={**gaps, **memory.gaps}
    )


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
        for key in earlier[-LONGEST_TREND - 1 :]:
            try:
                memory = decoder(Memory).decode(self._store.get(key))
            except (ValueError, RecursionError, CorruptObjectError):
                continue
            if memory.run != run and memory.at <= at:
                memories.append(memory)
        memories.sort(key=lambda memory: memory.at)
        return (memories[-1] if memories else None), tuple(
            memory.point for memory in memories[-LONGEST_TREND:]
        )

    def last_run(self, at: str, run: str) -> str | None:
        """Return the last other run before ``at``, by the names of what they left; None if there is none."""
        own, latest = keys.history_entry(self.scope, at, run), keys.history_entry(self.scope, at, "~")
        names = sorted(
            key for key in self._store.list(keys.history(self.scope)) if key <= latest and key != own
        )
        return keys.run_of_history(names[-1]) if names else None

    def of(self, at: str, run: str) -> Memory | None:
        """Return what an earlier attempt of an audit left, or None if there is nothing that can be read."""
        try:
            return decoder(Memory).decode(self._store.get(keys.history_entry(self.scope, at, run)))
        except (ValueError, RecursionError, CorruptObjectError, KeyNotFoundError):
            return None

    def is_newest(self, at: str) -> bool:
        """Return whether no audit after ``at`` is remembered."""
        latest = keys.history_entry(self.scope, at, "~")
        return all(key <= latest for key in self._store.list(keys.history(self.scope)))

    def add(self, memory: Memory) -> None:
        """Keep an audit's memory; a retry of the same audit writes it anew."""
        key = keys.history_entry(self.scope, memory.at, memory.run)
        self._store.replace(key, msgspec.json.encode(memory))
