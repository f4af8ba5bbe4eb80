"""Everything that is found about an image, by one assessor for a whole audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.advisories.index import PROTOCOL, AdvisoryIndex, Contents
from praxi_tasks.findings.advisories.index_cache import load_index
from praxi_tasks.findings.detectors.end_of_life import Lifecycle
from praxi_tasks.findings.detectors.outdated import ReleaseLists, outdated_findings
from praxi_tasks.findings.detectors.presence import presence_findings
from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities
from praxi_tasks.findings.feeds.distribution_packages import DistributionPackages
from praxi_tasks.findings.feeds.folder import FeedProblem, Feeds, Mirrored, read_state
from praxi_tasks.findings.feeds.health import FeedHealth, feed_findings, health_of
from praxi_tasks.findings.finding import Finding, severity_rank
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.findings.image.source_packages import with_sources
from praxi_tasks.findings.policy import Policy
from praxi_tasks.store import Store


def _no_advisories() -> AdvisoryIndex:
    return AdvisoryIndex(Contents(PROTOCOL, (), (), (), [], {}))


@dataclass(frozen=True)
class Assessor:
    """Finds what should worry the operators of images on the day ``at``.

    Without feeds (``feeds`` is None) it still says what files and databases say about each other.
    """

    at: date
    policy: Policy = field(default_factory=Policy)
    advisories: AdvisoryIndex = field(default_factory=_no_advisories)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    packages: DistributionPackages = field(default_factory=DistributionPackages)
    releases: ReleaseLists = field(default_factory=lambda: ReleaseLists({}))
    feeds: tuple[FeedHealth, ...] | None = None
    problems: tuple[FeedProblem, ...] = ()

    @classmethod
    def load(
        cls, feeds: Feeds, at: date, policy: Policy | None = None, cache: Store | None = None
    ) -> Assessor:
        """Make an assessor from a feeds folder.

        Parameters
        ----------
        at
            The day the audit speaks about, by which ages and ends of support are reckoned.
        cache
            Where the index of advisories is kept until the feeds change.
        """
        index = load_index(feeds, cache)
        state: dict[str, Mirrored] = {}
        problems: tuple[FeedProblem, ...] = ()
        try:
            state = read_state(feeds)
        except CorruptObjectError as error:
            problems = (FeedProblem.of(error),)
        packages, lifecycle = DistributionPackages(feeds), Lifecycle.load(feeds)
        return cls(
            at,
            policy or Policy(),
            index,
            lifecycle,
            packages,
            ReleaseLists.load(feeds, packages),
            health_of(index.sources, state, at, lifecycle.as_of),
            problems,
        )

    def complete(self, image: FusedImage) -> FusedImage:
        """Return the image with what the feeds know about its components: their source packages."""
        return with_sources(image, self.packages)

    def findings(self, image: FusedImage) -> tuple[Finding, ...]:
        """Return a complete image's findings, the gravest first, before the policy judges them."""
        return tuple(sorted(self._all(image), key=_order))

    def about_audit(self) -> tuple[Finding, ...]:
        """Return what is wrong with the audit's own means: feeds that are old or broken, expired rules."""
        others = (*self.lifecycle.problems, *self.packages.problems, *self.releases.problems)
        broken = (*self.problems, *self.advisories.broken, *others)
        limit = self.policy.stale_feed_days
        told: Iterable[Finding] = ()
        if self.feeds is not None:
            told = feed_findings(self.feeds, broken, self.advisories.problems, limit)
        return (*told, *self.policy.expired(self.at))

    @cached_property
    def _vulnerabilities(self) -> Vulnerabilities:
        return Vulnerabilities(self.advisories)

    def _all(self, image: FusedImage) -> Iterator[Finding]:
        yield from self._vulnerabilities.findings(image.components)
        yield from self.lifecycle.findings(image, self.at)
        yield from outdated_findings(image.components, self.releases, self.at)
        yield from presence_findings(image)


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        severity_rank(finding.severity),
        not finding.exploited,
        -finding.score,
        finding.kind,
        finding.id,
        finding.purl,
    )
