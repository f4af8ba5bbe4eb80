"""Everything that is found about an image, by one assessor for a whole audit."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Final

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import CorruptObjectError, PraxiError
from praxi_tasks.findings.advisories import load_index
from praxi_tasks.findings.assessment.feeds import feed_findings
from praxi_tasks.findings.coverage import Aspect, Coverage, not_checked, partial
from praxi_tasks.findings.detectors import DETECTORS, Detector, Knowledge
from praxi_tasks.findings.feeds import (
    DistributionPackages,
    FeedHealth,
    FeedProblem,
    Feeds,
    Lifecycle,
    Mirrored,
    ReleaseLists,
    health_of,
    read_state,
)
from praxi_tasks.findings.finding import Finding, Kind, severity_rank
from praxi_tasks.findings.image import FusedImage, databases_coverage, layers_coverage, with_sources
from praxi_tasks.findings.policy import Policy
from praxi_tasks.findings.vex import Vex
from praxi_tasks.store import Store

logger = logging.getLogger(__name__)

SETTING: Final = "PRAXI_IMAGE_MAX_FINDINGS"
_MOST: Final = 20_000
_MORE: Final = f"look at what claims so many packages, or raise {SETTING}"
_ASPECTS: Final = {
    "vulnerable": Aspect.VULNERABILITIES,
    "outdated": Aspect.OUTDATED,
    "end-of-life": Aspect.END_OF_LIFE,
    "licence": Aspect.LICENCES,
}


@dataclass(frozen=True)
class Assessor:
    """Runs every detector on an image.

    Without feeds (``feeds`` is None) only what files and databases say about each other is found.

    Parameters
    ----------
    knowledge
        What the feeds say on the day of the audit.
    vex
        What OpenVEX documents say.
    problems
        Feeds that could not be read, besides those that ``knowledge`` names.
    rule_problems
        Findings about what should have been part of the policy and could not be read.
    """

    knowledge: Knowledge
    policy: Policy = field(default_factory=Policy)
    vex: Vex = field(default_factory=Vex)
    problems: tuple[FeedProblem, ...] = ()
    rule_problems: tuple[Finding, ...] = ()

    @classmethod
    def without_feeds(cls, at: date, policy: Policy | None = None) -> Assessor:
        """Make an assessor that knows nothing but the day of the audit."""
        policy = policy or Policy()
        return cls(Knowledge(at, denied_licences=policy.deny_licences), policy)

    @classmethod
    def load(
        cls, feeds: Feeds, at: date, policy: Policy | None = None, cache: Store | None = None
    ) -> Assessor:
        """Make an assessor from a feeds folder.

        Parameters
        ----------
        at
            The day of the audit: ages and ends of support are counted from it.
        cache
            Where the index of advisories is kept until the feeds change.
        """
        state: dict[str, Mirrored] = {}
        problems: tuple[FeedProblem, ...] = ()
        try:
            state = read_state(feeds)
        except CorruptObjectError as error:
            problems = (FeedProblem.of(error),)
        policy, packages = policy or Policy(), DistributionPackages(feeds)
        advisories, lifecycle = load_index(feeds, cache), Lifecycle.load(feeds)
        knowledge = Knowledge(
            at,
            advisories,
            lifecycle,
            packages,
            ReleaseLists.load(feeds, packages),
            health_of(advisories.sources, state, at, lifecycle.as_of),
            policy.stale_feed_days,
            policy.deny_licences,
        )
        return cls(knowledge, policy, problems=problems)

    @property
    def feeds(self) -> tuple[FeedHealth, ...] | None:
        """The feeds with their ages; None where no feeds folder was given."""
        return self.knowledge.feeds

    @property
    def at(self) -> date:
        """The day of the audit."""
        return self.knowledge.at

    def complete(self, image: FusedImage) -> FusedImage:
        """Return the image with the source packages that the feeds know of its components."""
        return with_sources(image, self.knowledge.packages)

    def examine(self, image: FusedImage) -> tuple[tuple[Finding, ...], tuple[Coverage, ...]]:
        """Return a complete image's findings, the most severe first, and how far it could be looked at.

        The policy does not apply yet. Of each kind there are no more than ``PRAXI_IMAGE_MAX_FINDINGS``.
        A detector that fails in a way nobody thought of costs what it would have found, which the coverage
        says: whatever made it fail does not turn the others off.
        """
        found: list[Finding] = []
        coverage = [layers_coverage(image), *databases_coverage(image)]
        for detector in self._detectors:
            try:
                ours = list(islice(detector.detect(image), _most()))
                about = list(detector.coverage(image))
            except PraxiError:
                raise
            except Exception as error:
                logger.exception("%s findings: unexpected error", detector.kind)
                coverage.append(_not_detected(detector.kind, error))
            else:
                found += ours
                coverage += about
        findings = tuple(sorted(found, key=_order))
        return findings, (*coverage, *_left_out(findings))

    def about_audit(self) -> tuple[Finding, ...]:
        """Return findings about the audit itself: feeds that are old or broken, rules that end."""
        known = self.knowledge
        others = (*known.lifecycle.problems, *known.packages.problems, *known.releases.problems)
        broken = (*self.problems, *known.advisories.broken, *others)
        about_feeds: Iterable[Finding] = ()
        if self.feeds is not None:
            limit = self.policy.stale_feed_days
            about_feeds = feed_findings(self.feeds, broken, known.advisories.problems, limit)
        about_rules = (*self.rule_problems, *self.policy.expired(self.at), *self.policy.expiring(self.at))
        return (*about_feeds, *about_rules)

    @cached_property
    def _detectors(self) -> tuple[Detector, ...]:
        return tuple(detector(self.knowledge) for detector in DETECTORS)


def _left_out(findings: Iterable[Finding]) -> tuple[Coverage, ...]:
    """Return the kinds of which an image has so many findings that others may be missing."""
    most = _most()
    counts = Counter(finding.kind for finding in findings)
    return tuple(
        partial(_ASPECTS.get(kind, Aspect.LAYERS), "all", f"the first {most} {kind} findings", _MORE)
        for kind, count in counts.items()
        if count >= most
    )


def _not_detected(kind: Kind, error: Exception) -> Coverage:
    reason = f"{kind} findings can't be made: {type(error).__name__}"
    return not_checked(_ASPECTS.get(kind, Aspect.LAYERS), "all", reason, "report this with the task's log")


def _most() -> int:
    return read(SETTING, whole_number, _MOST)


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        severity_rank(finding.severity),
        not finding.exploited,
        -finding.score,
        finding.kind,
        finding.id,
        finding.purl,
    )
