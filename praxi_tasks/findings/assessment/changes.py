"""The comparison with the audit before: new, worse, resolved, and what could not be looked for.

What a run looked at bounds what it may conclude: a finding of before is resolved only where this audit looked
for it and did not find it, or where its image is known to be gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec

from praxi_tasks.ecosystems import ECOSYSTEMS, ecosystem_of
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Carried, Resolved
from praxi_tasks.findings.assessment.history import Memory, Open, image_repository
from praxi_tasks.findings.coverage import Aspect, Coverage
from praxi_tasks.findings.finding import Finding, severity_rank

_ASPECTS: Final = {
    "vulnerable": Aspect.VULNERABILITIES,
    "outdated": Aspect.OUTDATED,
    "end-of-life": Aspect.END_OF_LIFE,
}
_EVERY_KIND: Final = frozenset({Aspect.LAYERS, Aspect.DATABASES, Aspect.KNOWLEDGE})
_UNSEEN: Final = "it was not listed, and the list of images may not be whole"


def with_changes(audit: AssessedAudit, before: Memory | None) -> AssessedAudit:
    """Return the audit with every finding's ``since`` and with what is new, worse, resolved and carried.

    A finding is the same as before if its image has it, or another tag of its repository had it: a rollout
    that changes nothing is no news. Nor is an advisory that got another name, or a package that was upgraded
    to a version with the same flaw.
    """
    known = _Known(before)
    images, new, worse = [], set(), set()
    for image in audit.images:
        dated = []
        for finding in image.findings:
            earlier = known.match(image.key, finding)
            dated.append(msgspec.structs.replace(finding, since=earlier.since if earlier else audit.at))
            if finding.ignored is None and earlier is None:
                new.add((image.key, finding.key))
            elif earlier and severity_rank(finding.severity) < severity_rank(earlier.severity):
                worse.add((image.key, finding.key))
        images.append(msgspec.structs.replace(image, findings=tuple(dated)))
    changed = msgspec.structs.replace(audit, images=tuple(images), new=frozenset(new), worse=frozenset(worse))
    ended = _Ended(changed, before)
    return msgspec.structs.replace(
        changed,
        resolved=tuple(one for one in ended.all() if isinstance(one, Resolved)),
        carried=tuple(one for one in ended.all() if isinstance(one, Carried)),
    )


@dataclass(frozen=True)
class _Known:
    """The findings of the audit before, by any of their names."""

    memory: Memory | None

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Open]:
        """Open findings by image or repository, and name; of a repository, those open for longest."""
        found: dict[tuple[str, str], Open] = {}
        for image, findings in (self.memory.images if self.memory else {}).items():
            for key, item in findings.items():
                for name in names_of(key, item.names):
                    found[image, name] = item
                    place = (image_repository(image), name)
                    if place not in found or item.since < found[place].since:
                        found[place] = item
        return found

    def match(self, image: str, finding: Finding) -> Open | None:
        names = names_of(finding.key, finding.aliases)
        places = ((place, name) for place in (image, image_repository(image)) for name in names)
        return next((self._by_name[place] for place in places if place in self._by_name), None)


def names_of(key: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """Return a finding's key under each name of its advisory, its own first."""
    kind, identifier, package = key.split("|", 2)
    return tuple(f"{kind}|{name}|{package}" for name in dict.fromkeys((identifier, *aliases)))


class _Ended:
    """Tells of each finding of before that is not there any more whether it is resolved."""

    def __init__(self, audit: AssessedAudit, before: Memory | None) -> None:
        self._audit = audit
        self._before = before
        self._listed: defaultdict[str, list[AssessedImage]] = defaultdict(list)
        self._still: defaultdict[str, set[str]] = defaultdict(set)
        for image in audit.images:
            place = image_repository(image.key)
            self._listed[place].append(image)
            for finding in image.open_findings:
                self._still[place].update(names_of(finding.key, finding.aliases))
        self._all: list[Resolved | Carried] = list(self._decided())

    def all(self) -> list[Resolved | Carried]:
        """Return all of them, by image and key."""
        return self._all

    def _decided(self) -> Iterator[Resolved | Carried]:
        memory: Mapping[str, Mapping[str, Open]] = self._before.images if self._before else {}
        for name, known in sorted(memory.items()):
            place = image_repository(name)
            for key, item in sorted(known.items()):
                if self._still[place].isdisjoint(names_of(key, item.names)):
                    reason = self._unknown(name, place, key)
                    if reason:
                        yield Carried(name, key, item.since, item.severity, reason)
                    else:
                        yield Resolved(name, key, item.since, item.severity)

    def _unknown(self, name: str, place: str, key: str) -> str:
        """Return why it is not known whether a finding is still there; empty if it is resolved."""
        same = [image for image in self._listed[place] if image.key == name]
        for image in same or self._listed[place]:
            if image.failed:
                return image.reason or "the image could not be audited"
            for gap in self._new_gaps(name, image):
                if _hides(gap, key):
                    return gap.reason
        if not same and self._audit.scope.is_daily and not self._audit.scope.proves_absence:
            return _UNSEEN
        return ""

    def _new_gaps(self, name: str, image: AssessedImage) -> Iterator[Coverage]:
        """Yield what of an image was looked at when the finding was seen last, and is not now."""
        earlier = set(self._before.gaps.get(name, ())) if self._before else set()
        return (one for one in image.coverage if one.is_gap and one.key not in earlier)


def _hides(gap: Coverage, key: str) -> bool:
    """Return whether a finding could have gone unseen because of a gap."""
    kind, _, package = key.split("|", 2)
    if gap.aspect in _EVERY_KIND:
        return True
    if gap.aspect is not _ASPECTS.get(kind):
        return False
    ecosystem = package.partition("/")[0]
    if "/" in gap.subject:
        return gap.subject == package
    if gap.subject in ECOSYSTEMS or ecosystem not in ECOSYSTEMS:
        return gap.subject == ecosystem or gap.aspect is Aspect.END_OF_LIFE
    return ecosystem_of(ecosystem).of_distribution
