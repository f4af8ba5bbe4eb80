"""Findings as they are told: what ends in one release is told once, whichever images it is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

import msgspec

from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import Finding, Kind, severity_rank
from praxi_tasks.findings.packages import Component

_ENDS: Final = "end-of-life"
# What one upgrade mends, of all the packages that were built from one source.
_OF_A_RELEASE: Final[frozenset[Kind]] = frozenset({"vulnerable", "outdated", "licence"})
_OF_AN_IMAGE: Final = ("layer", "origin", "created_by")


class Told(msgspec.Struct, frozen=True, dict=True):
    """A finding, and the images that it is told of: more than one where they share its cause."""

    members: tuple[tuple[AssessedImage, Finding], ...]

    @property
    def images(self) -> tuple[AssessedImage, ...]:
        """The images that have it."""
        return tuple(image for image, _ in self.members)

    @cached_property
    def finding(self) -> Finding:
        """What is told of all of them: the worst severity, the earliest day, and what they have in common."""
        found = [finding for _, finding in self.members]
        first = min(found, key=lambda one: (severity_rank(one.severity), one.title))
        if len(found) == 1:
            return first
        apart = [name for name in _OF_AN_IMAGE if len({getattr(one, name) for one in found}) > 1]
        dues = [one.due for one in found if one.due]
        return msgspec.structs.replace(
            first,
            **dict.fromkeys(apart, ""),
            since=min(one.since for one in found),
            due=min(dues, default=""),
            overdue=any(one.overdue for one in found),
        )

    def among(self, keys: Iterable[tuple[str, str]]) -> Told | None:
        """Return it for those of its images of which it is named, by image and key; None if for none."""
        named = frozenset(keys)
        members = tuple(pair for pair in self.members if (pair[0].key, pair[1].key) in named)
        return Told(members) if members else None

    def is_new(self, audit: AssessedAudit) -> bool:
        """Return whether the audit before had it in none of the images."""
        return all(audit.is_new(image, finding) for image, finding in self.members)


def told(images: Iterable[AssessedImage], *, ignored: bool = False) -> Iterator[Told]:
    """Yield the findings of images, the end of one release in several of them as one.

    Parameters
    ----------
    ignored
        Whether those that the policy sets aside are wanted as well; they stay apart.
    """
    ends: dict[tuple[str, str, bool], list[tuple[AssessedImage, Finding]]] = {}
    for image in images:
        for finding in image.findings if ignored else image.open_findings:
            if finding.kind == _ENDS:
                key = finding.key, finding.purl, finding.ignored is None
                ends.setdefault(key, []).append((image, finding))
            else:
                yield Told(((image, finding),))
    yield from (Told(tuple(members)) for members in ends.values())


def ended_releases(images: Sequence[AssessedImage]) -> tuple[Told, ...]:
    """Return the releases that are out of support, the worst and most frequent first."""
    found = (one for one in told(images) if one.finding.kind == _ENDS)
    return tuple(sorted(found, key=lambda one: (severity_rank(one.finding.severity), -len(one.members))))


class Cause(msgspec.Struct, frozen=True):
    """What findings have in common that are mended together, in whichever images.

    ``about`` is the release, or the finding itself, in words; the other fields tell causes apart.
    """

    kind: Kind
    about: str
    apart: tuple[str, ...] = ()


def cause_of(finding: Finding, component: Component | None) -> Cause:
    """Return the cause of a finding: a release of a source package, or what is wrong in one layer.

    Parameters
    ----------
    component
        The one that has the finding's package URL; None where the finding has none.
    """
    if component is None or finding.kind not in _OF_A_RELEASE:
        return Cause(finding.kind, finding.title, (finding.id, finding.package, finding.layer))
    name = component.source or component.name
    versions = component.source_versions if component.source else ()
    release = f"{name} {' or '.join(versions or component.versions)}".rstrip()
    return Cause(finding.kind, release, (component.ecosystem, component.distribution))
