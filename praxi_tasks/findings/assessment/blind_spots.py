"""Blind spots: what an audit did not look at, the same gap of several images listed once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.coverage import WORST_FIRST, Aspect, Coverage, CoverageState, gaps, not_checked

# What differs from image to image in the reason of one gap.
_COUNT: Final = re.compile(r"^\d+( of \d+)? (packages|files|layers): ")
_NAMED: Final = 3
_Why = tuple[Aspect, CoverageState, str, str]
_UNTOLD: Final = not_checked(
    Aspect.LAYERS, "all", "nothing is recorded about what was looked at", "audit the image again"
)


class BlindSpot(msgspec.Struct, frozen=True):
    """What was not looked at, or not wholly, for one reason.

    ``images`` are the names of those it is about, none where the audit as a whole is meant.
    """

    aspect: Aspect
    state: CoverageState
    reason: str
    action: str
    subjects: tuple[str, ...]
    images: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """Of what the aspect was not checked, in words; not more than a few subjects are named."""
        more = len(self.subjects) - _NAMED
        return ", ".join(self.subjects[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")

    @property
    def place(self) -> str:
        """In which image, or in how many, in words."""
        if len(self.images) < 2:
            return self.images[0] if self.images else "the audit"
        return f"{len(self.images):,} images"


def image_gaps(image: AssessedImage) -> tuple[Coverage, ...]:
    """Return what of an image was not looked at, the worst first: all of it, where nothing is said."""
    return gaps(image.coverage) if image.coverage else (_UNTOLD,)


def image_state(image: AssessedImage) -> CoverageState:
    """Return the worst state of an image's aspects."""
    return next((gap.state for gap in image_gaps(image)), CoverageState.CHECKED)


def find_blind_spots(audit: AssessedAudit) -> tuple[BlindSpot, ...]:
    """Return what an audit did not look at: the audit's own first, then the worst and the most frequent."""
    found: dict[_Why, tuple[dict[str, None], dict[str, None]]] = {}
    for image in audit.images:
        for gap in image_gaps(image):
            subjects, images = found.setdefault(_why(gap), ({}, {}))
            subjects[gap.subject] = images[audit.title(image)] = None
    own = (BlindSpot(*_why(gap), (gap.subject,)) for gap in gaps(audit.coverage))
    spots = (BlindSpot(*why, tuple(sorted(some)), tuple(names)) for why, (some, names) in found.items())
    return (*own, *sorted(spots, key=_order))


def coverage_counts(audit: AssessedAudit) -> Counter[tuple[str, Aspect, CoverageState]]:
    """Return how many lines of coverage there are by cluster, aspect and state; the audit's own have none."""
    return Counter((cluster, one.aspect, one.state) for cluster, one in _lines(audit))


def _lines(audit: AssessedAudit) -> Iterator[tuple[str, Coverage]]:
    for line in audit.coverage:
        yield "", line
    for image in audit.images:
        for line in image.coverage or (_UNTOLD,):
            yield image.cluster, line


def _why(gap: Coverage) -> _Why:
    return gap.aspect, gap.state, _COUNT.sub("", gap.reason), gap.action


def _order(spot: BlindSpot) -> tuple[int, int, int, tuple[str, ...]]:
    aspects = list(Aspect)
    return WORST_FIRST.index(spot.state), -len(spot.images), aspects.index(spot.aspect), spot.subjects
