"""The comparison with the audit before: new, worse, resolved, and what could not be looked for.

What a run looked at bounds what it may conclude: an earlier finding is resolved only where this audit looked
for it and did not find it, or where its image is known to be gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Final

import msgspec

from praxi_tasks.ecosystems import ECOSYSTEMS, ecosystem_of
from praxi_tasks.findings.assessment.document import (
    MODEL,
    AssessedAudit,
    AssessedImage,
    Carried,
    Resolved,
)
from praxi_tasks.findings.assessment.history import (
    Memory,
    Open,
    gap_name,
    gaps_of,
    gaps_of_image,
    with_attempt,
)
from praxi_tasks.findings.assessment.identity import finding_names, image_place, sought_names
from praxi_tasks.findings.assessment.places import may_run_unseen, places_after
from praxi_tasks.findings.coverage import Aspect, Coverage, CoverageState
from praxi_tasks.findings.detectors import RUNTIMES
from praxi_tasks.findings.finding import Finding, severity_rank
from praxi_tasks.findings.policy import Policy

_ASPECTS: Final = {
    "vulnerable": Aspect.VULNERABILITIES,
    "outdated": Aspect.OUTDATED,
    "end-of-life": Aspect.END_OF_LIFE,
    "licence": Aspect.LICENCES,
}
_EVERY_KIND: Final = frozenset({Aspect.LAYERS, Aspect.DATABASES})
_WHOLE_IMAGE: Final = frozenset({"all", "layers", "files"})
_HIDDEN: Final = "hidden|"
_NO_DEADLINES: Final = Policy()
_UNSEEN: Final = "it was not listed, and the list of images may not be whole"


def with_changes(
    audit: AssessedAudit,
    before: Memory | None,
    attempt: Memory | None = None,
    policy: Policy = _NO_DEADLINES,
) -> AssessedAudit:
    """Return the audit with every finding's ``since`` and with what is new, worse, resolved and carried.

    A finding is the same as before if its image has it, or another tag of its repository had it: a rollout
    that changes nothing is no news. Nor is an advisory that got another name, or a package that was upgraded
    to a version with the same flaw.

    Parameters
    ----------
    before
        What the audit before left.
    attempt
        What an earlier attempt of this same audit left: that it found something is no reason to call it old,
        but one to carry it where this attempt could not look.
    policy
        Its deadlines say which findings are overdue.
    """
    known = _Known(before)
    images, new, worse, late = [], set(), set(), set()
    for image in audit.images:
        dated = []
        for finding in image.findings:
            earlier = known.match(image.key, finding)
            since = earlier.since if earlier else audit.at
            due = "" if finding.ignored else policy.due(finding.severity, since)
            overdue = _is_over(due, audit)
            dated.append(msgspec.structs.replace(finding, since=since, due=due, overdue=overdue))
            if overdue and not (earlier and earlier.overdue):
                late.add((image.key, finding.key))
            if finding.ignored is None and (earlier is None or earlier.ignored):
                new.add((image.key, finding.key))
            elif earlier and severity_rank(finding.severity) < severity_rank(earlier.severity):
                worse.add((image.key, finding.key))
        images.append(msgspec.structs.replace(image, findings=tuple(dated)))
    memory = with_attempt(before, attempt)
    changed = msgspec.structs.replace(
        audit,
        images=tuple(images),
        new=frozenset(new),
        worse=frozenset(worse),
        late=frozenset(late),
        places=places_after(audit, memory.places if memory else {}),
        before=max((one.at for one in (before, attempt) if one), default=""),
    )
    ended = tuple(_Ended(changed, memory).decided()) if memory else ()
    old = _open_keys(before)
    return msgspec.structs.replace(
        changed,
        resolved=tuple(one for one in ended if isinstance(one, Resolved) and (one.image, one.key) in old),
        carried=tuple(_dated(one, policy, audit) for one in ended if isinstance(one, Carried)),
    )


def _dated(one: Carried, policy: Policy, audit: AssessedAudit) -> Carried:
    due = "" if one.ignored else policy.due(one.severity, one.since)
    return msgspec.structs.replace(one, overdue=_is_over(due, audit))


def _is_over(due: str, audit: AssessedAudit) -> bool:
    """Return whether the last day of a deadline was before the day of the audit."""
    return bool(due) and due < audit.at[:10]


def could_hide(audit: AssessedAudit, image: AssessedImage, key: str) -> bool:
    """Return whether a finding with a key could be in an image and the audit not have seen it.

    A key without identifier or name asks for any finding of its kind, or of packages of its ecosystem.
    """
    return any(_hides(gap, key, by_files=True) for gap in gaps_of_image(audit, image))


def _open_keys(memory: Memory | None) -> frozenset[tuple[str, str]]:
    """Return the image and key of each finding that was open, and not set aside."""
    images = memory.images.items() if memory else ()
    return frozenset((image, key) for image, known in images for key, one in known.items() if not one.ignored)


class _Known:
    """The findings of the audit before, by any of their names."""

    def __init__(self, memory: Memory | None) -> None:
        self._by_name: defaultdict[tuple[str, str], list[Open]] = defaultdict(list)
        for image, findings in (memory.images if memory else {}).items():
            for key, item in findings.items():
                for name in finding_names(key, item.names):
                    for where in dict.fromkeys((image, image_place(image))):
                        self._by_name[where, name].append(item)

    def match(self, image: str, finding: Finding) -> Open | None:
        """Return what was known of an image's finding, or else of it in other tags of its repository.

        Several advisories may have become one, and several tags may be gone: it is as old as the oldest, and
        no worse than the most severe.
        """
        names = sought_names(finding.key, finding.aliases)
        for where in (image, image_place(image)):
            found = [item for name in names for item in self._by_name.get((where, name), ())]
            if found:
                return reduce(Open.joined, found)
        return None


class _Ended:
    """Decides of each earlier finding that is no longer found whether it is resolved."""

    def __init__(self, audit: AssessedAudit, before: Memory) -> None:
        self._audit = audit
        self._before = before
        self._hidden_packages: dict[str, frozenset[str]] = {}
        self._listed: defaultdict[str, list[AssessedImage]] = defaultdict(list)
        self._still: defaultdict[str, set[str]] = defaultdict(set)
        for image in audit.images:
            names = {name for one in image.findings for name in finding_names(one.key, one.aliases)}
            for where in dict.fromkeys((image.key, image_place(image.key))):
                self._listed[where].append(image)
                self._still[where] |= names

    def decided(self) -> Iterator[Resolved | Carried]:
        """Yield all of them, by image and key.

        Of an image that is listed it counts what is found in that image, of one that is not what is found in
        the other tags of its repository: they may have replaced it.
        """
        for name, known in sorted(self._before.images.items()):
            where = name if name in self._listed else image_place(name)
            still = self._still.get(where, set())
            for key, item in sorted(known.items()):
                if still.isdisjoint(sought_names(key, item.names)):
                    yield self._verdict(name, where, key, item)
        yield from self._replacing()

    def _verdict(self, name: str, where: str, key: str, item: Open) -> Resolved | Carried:
        gaps = gaps_of(self._before, name, item)
        reason = self._hidden(where, key, gaps, by_files=self._was_hidden(name, key))
        unlisted = where != name and may_run_unseen(self._audit.scope, name, self._before.places)
        if reason or unlisted:
            return _carried(name, key, item, reason or _UNSEEN, gaps)
        return Resolved(name, key, item.since, item.severity)

    def _replacing(self) -> Iterator[Carried]:
        """Yield what could not be looked for in a new tag of a repository, while an older one has it."""
        older = defaultdict(list)
        for name in sorted(self._before.images.keys() & self._listed.keys()):
            older[image_place(name)].append(name)
        for image in sorted({image.key for image in self._audit.images} - self._before.images.keys()):
            found: dict[str, Carried] = {}
            for name in older[image_place(image)]:
                found = {**{one.key: one for one in self._hidden_in(image, name)}, **found}
            yield from found.values()

    def _hidden_in(self, image: str, older: str) -> Iterator[Carried]:
        still = self._still[image]
        for key, item in sorted(self._before.images[older].items()):
            gaps = gaps_of(self._before, older, item)
            reason = self._hidden(image, key, gaps, by_files=self._was_hidden(older, key))
            if reason and still.isdisjoint(sought_names(key, item.names)):
                yield _carried(image, key, item, reason, gaps)

    def _hidden(self, where: str, key: str, gaps: Iterable[str], *, by_files: bool) -> str:
        """Return why a finding may be in the images of a place all the same; empty if it is not there.

        ``by_files`` says that only the model showed the package that it is about.
        """
        earlier = set(gaps)
        for image in self._listed.get(where, ()):
            if image.failed:
                return image.reason or "the image could not be audited"
            for gap in gaps_of_image(self._audit, image):
                is_new = earlier.isdisjoint(_names(gap)) or _names_package(gap, key)
                if is_new and _hides(gap, key, by_files=by_files):
                    return gap.reason
        return ""

    def _was_hidden(self, name: str, key: str) -> bool:
        """Return whether only the model showed the package that a finding is about."""
        if name not in self._hidden_packages:
            known = self._before.images.get(name, {}).items()
            found = (package for key, one in known if key.startswith(_HIDDEN) for package in one.packages)
            self._hidden_packages[name] = frozenset(found)
        return key.startswith(_HIDDEN) or key.split("|", 2)[2] in self._hidden_packages[name]


def _carried(image: str, key: str, item: Open, reason: str, gaps: tuple[str, ...]) -> Carried:
    return Carried(
        image,
        key,
        item.since,
        item.severity,
        reason,
        item.names,
        gaps,
        item.ignored,
        item.exploited,
        item.packages,
        item.overdue,
    )


def _names_package(gap: Coverage, key: str) -> bool:
    """Return whether a gap names the package of a finding: it was not there when the finding was seen."""
    return key.split("|", 2)[2] in gap.packages


def _names(gap: Coverage) -> tuple[str, str]:
    """Return under which names a gap is no new one: its own, and that of a wider one."""
    wider = msgspec.structs.replace(gap, state=CoverageState.NOT_CHECKED)
    return gap_name(gap), gap_name(wider)


def _hides(gap: Coverage, key: str, *, by_files: bool) -> bool:
    """Return whether a finding could have gone unseen because of a gap.

    What a database claims needs no model: one that knows nothing of a subject hides what it alone showed.
    """
    kind, _, package = key.split("|", 2)
    if gap.aspect is Aspect.KNOWLEDGE:
        return by_files and _is_unheard(gap, package)
    if gap.aspect not in {*_EVERY_KIND, _ASPECTS.get(kind)}:
        return False
    if gap.packages:
        return any(_overlap(package, one) for one in gap.packages)
    if gap.aspect is Aspect.END_OF_LIFE:
        return _ends_with(gap.subject, package)
    return gap.aspect in _EVERY_KIND or _is_about(gap.subject, package)


def _is_unheard(gap: Coverage, package: str) -> bool:
    """Return whether a model might not have named a package: it knows none such, or is not the usual one."""
    if gap.subject == MODEL:
        return True
    is_about = gap.subject in _WHOLE_IMAGE or _is_about(gap.subject, package)
    return gap.state is CoverageState.NOT_CHECKED and is_about


def _overlap(package: str, named: str) -> bool:
    """Return whether a package is one that is named, or of an ecosystem that is, or the other way round."""
    family, slash, name = package.partition("/")
    if slash and name[:1] in {"", "/"}:  # several packages, of one ecosystem or of any
        return family in {"", named.partition("/")[0]}
    return package == named or package.startswith(f"{named}/")


def _ends_with(subject: str, package: str) -> bool:
    """Return whether the support of a package ends with that of a distribution or a runtime.

    Both have their release in the subject and not in the package.
    """
    family, _, name = package.partition("/")
    if not name:
        return True
    named = subject.partition(" ")[0]
    is_runtime = named in {runtime.name for runtime in RUNTIMES}
    return named == name if family in {"runtime", "distribution"} and named != family else not is_runtime


def _is_about(subject: str, package: str) -> bool:
    """Return whether a subject is a package, or the language or distribution that it is of."""
    ecosystem, _, name = package.partition("/")
    named, slash, _ = subject.partition("/")
    if named in ECOSYSTEMS:
        return subject == package or (named == ecosystem and not (slash and name))
    return ecosystem not in ECOSYSTEMS or ecosystem_of(ecosystem).of_distribution
