"""What every detector is: one kind of finding, its texts, and how it is found in an image."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.feeds.distribution_packages import DistributionPackages
from praxi_tasks.findings.feeds.lifecycle import Lifecycle
from praxi_tasks.findings.feeds.release_lists import ReleaseLists
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image.fusion import FusedImage

SHOWN_PATHS: Final = 10
"""The longest list of paths that a finding carries as evidence."""


@dataclass(frozen=True)
class Knowledge:
    """What the feeds say on the day ``at``; without feeds all but the day is empty."""

    at: date
    advisories: AdvisoryIndex = field(default_factory=AdvisoryIndex.empty)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    packages: DistributionPackages = field(default_factory=DistributionPackages)
    releases: ReleaseLists = field(default_factory=lambda: ReleaseLists({}))


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
