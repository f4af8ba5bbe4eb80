"""What every detector is: one kind of finding, its texts, and how it is found in an image."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from praxi_tasks.findings.advisories import AdvisoryIndex
from praxi_tasks.findings.coverage import Coverage
from praxi_tasks.findings.feeds import DistributionPackages, FeedHealth, Lifecycle, ReleaseLists
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage

GIVE_FEEDS: Final = "name a feeds folder: --feeds, or the setting feeds"
RENEW_FEEDS: Final = "run praxi_feeds, or renew the feeds folder"
SHOWN_PATHS: Final = 10
"""The longest list of paths that a finding carries as evidence."""


@dataclass(frozen=True)
class Knowledge:
    """What the feeds say on the day ``at``; without feeds all but the day is empty.

    ``feeds`` are all of them with their ages; None where no feeds folder was given. One that is
    ``stale_days`` old no longer counts as complete. ``denied_licences`` are the policy's.
    """

    at: date
    advisories: AdvisoryIndex = field(default_factory=AdvisoryIndex.empty)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    packages: DistributionPackages = field(default_factory=DistributionPackages)
    releases: ReleaseLists = field(default_factory=lambda: ReleaseLists({}))
    feeds: tuple[FeedHealth, ...] | None = None
    stale_days: int = 7
    denied_licences: tuple[str, ...] = ()

    def has_feed(self, name: str) -> bool:
        """Return whether OSV's feed of that name is there."""
        return any(feed.name.partition(":")[0] == name for feed in self.feeds or ())

    def feeds_of(self, namespace: str) -> tuple[FeedHealth, ...]:
        """Return the feeds with advisories about a namespace's packages."""
        names = {source.name for source in self.advisories.sources_of(namespace)}
        return tuple(feed for feed in self.feeds or () if feed.name in names)


class Detector(ABC):
    """Finds one kind of finding; one instance serves all images of an audit.

    ``summary`` says in one line what a finding of the kind means, ``default_severity`` how severe it is
    before the policy applies; both stand in docs/findings.md.

    Parameters
    ----------
    knowledge
        What the feeds say.
    """

    kind: ClassVar[Kind]
    summary: ClassVar[str]
    default_severity: ClassVar[str]

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    @abstractmethod
    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield the findings about one image, in any order."""

    def coverage(self, image: FusedImage) -> Iterable[Coverage]:  # noqa: ARG002 - for those that override it
        """Return how far the detector could look at an image; nothing where the image alone decides."""
        return ()
