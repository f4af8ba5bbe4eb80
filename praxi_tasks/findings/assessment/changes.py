"""What changed since the audit before: new, worse, resolved, and still open since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from praxi_tasks.findings.assessment.document import AssessedAudit, Resolved
from praxi_tasks.findings.assessment.history import Memory, Open, repository
from praxi_tasks.findings.finding import Finding, severity_rank


def with_changes(audit: AssessedAudit, before: Memory | None) -> AssessedAudit:
    """Return the audit with every finding's ``since`` and with what is new, worse and resolved.

    A finding is the same as before if its image has it, or another tag of its repository had it: a rollout
    that changes nothing is no news. An image that could not be audited keeps what was known about it.
    """
    memory = before.images if before else {}
    repositories = _by_repository(memory)
    images, new, worse = [], set(), set()
    for image in audit.images:
        known = {**repositories.get(repository(image.image), {}), **memory.get(image.image, {})}
        dated = []
        for finding in image.findings:
            earlier = known.get(finding.key)
            dated.append(msgspec.structs.replace(finding, since=earlier.since if earlier else audit.at))
            if finding.ignored is None and earlier is None:
                new.add((image.image, finding.key))
            elif earlier and severity_rank(finding.severity) < severity_rank(earlier.severity):
                worse.add((image.image, finding.key))
        images.append(msgspec.structs.replace(image, findings=tuple(dated)))
    changed = msgspec.structs.replace(audit, images=tuple(images), new=frozenset(new), worse=frozenset(worse))
    return msgspec.structs.replace(changed, resolved=tuple(_resolved(changed, memory)))


def _by_repository(memory: dict[str, dict[str, Open]]) -> dict[str, dict[str, Open]]:
    merged: dict[str, dict[str, Open]] = {}
    for image, known in memory.items():
        for key, item in known.items():
            earliest = merged.setdefault(repository(image), {}).setdefault(key, item)
            if item.since < earliest.since:
                merged[repository(image)][key] = item
    return merged


def _resolved(audit: AssessedAudit, memory: dict[str, dict[str, Open]]) -> Iterator[Resolved]:
    still: dict[str, set[str]] = {}
    unknown = set()
    for image in audit.images:
        still.setdefault(repository(image.image), set()).update(_keys(image.open_findings))
        if image.failed:
            unknown.add(image.image)
    for name, known in sorted(memory.items()):
        for key, item in sorted(known.items()):
            if name not in unknown and key not in still.get(repository(name), ()):
                yield Resolved(name, key, item.since, item.severity)


def _keys(findings: Iterable[Finding]) -> Iterator[str]:
    return (finding.key for finding in findings)
