"""What an audit reports: images, layers, releases. The JSON of ``praxi audit`` has these shapes."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator

import msgspec

from praxi_tasks.discovery import Unexplained, UnexplainedRoot
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, ImageRecord
from praxi_tasks.findings.coverage import Coverage


class State(enum.StrEnum):
    """How an image of the plan ended; exactly one of these."""

    AUDITED = "audited"
    CACHED = "cached"
    FAILED = "failed"


class Source(enum.StrEnum):
    """What shows that a release is there: the files themselves, or a package database."""

    FINGERPRINT = "fingerprint"
    INVENTORY = "inventory"


class ReportedRelease(msgspec.Struct, frozen=True):
    """One release in a layer.

    ``purl`` carries a version when exactly one is left; ``versions`` are all that tie. ``confidence`` is in
    [0, 1], and 1 for what a database claims. ``evidence`` are paths in the image. ``ties`` are the other
    packages, as ``ecosystem/name``, that it might be as well. If its content alone names it, ``same_as``
    says where it installs the files of ``evidence``.
    """

    purl: str
    versions: tuple[str, ...]
    confidence: float
    source: Source
    evidence: tuple[str, ...]
    ties: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()


class ReportedLayer(msgspec.Struct, frozen=True):
    """One layer of an image: its releases, and its unexplained files."""

    digest: str
    releases: tuple[ReportedRelease, ...]
    unexplained: Unexplained


class ReportedImage(ImageRecord, frozen=True):
    """An image's record with the failure's code, its layers and its coverage.

    ``layers`` are indexes into the report's, bottom first.
    """

    state: State = State.AUDITED
    reason_code: str | None = None
    retryable: bool = False
    layers: tuple[int, ...] = ()
    coverage: tuple[Coverage, ...] = ()


class AuditReport(msgspec.Struct, frozen=True):
    """All of an audit. A layer that images share (with everything below it) stands once.

    ``model_version`` is the model's in the registry, if it is from there, ``model_problem`` why it stands in
    for the champion.
    """

    model: str
    interval: str
    images: tuple[ReportedImage, ...]
    layers: tuple[ReportedLayer, ...]
    coverage: tuple[Coverage, ...] = ()
    model_version: str = ""
    model_problem: str = ""

    def count(self, state: State) -> int:
        """Return how many images ended so."""
        return sum(image.state is state for image in self.images)

    def with_coverage(self, assessed: AssessedAudit) -> AuditReport:
        """Return the report with how far the audit and each of its images were looked at.

        An image that failed in what was done with all of them has failed here too.
        """
        images = tuple(
            msgspec.structs.replace(_ended(image, found), coverage=found.coverage)
            for image, found in zip(self.images, assessed.images, strict=True)
        )
        return msgspec.structs.replace(self, images=images, coverage=assessed.coverage)

    def layers_of(self, image: ReportedImage) -> tuple[ReportedLayer, ...]:
        """Return an image's layers, bottom first."""
        return tuple(self.layers[number] for number in image.layers)

    def unfolded(self) -> Iterator[dict[str, object]]:
        """Yield each image with its layers inside: what ``praxi audit --format json`` lists."""
        for image in self.images:
            layers = self.layers_of(image)
            yield {**msgspec.structs.asdict(image), "layers": layers, "unexplained": sum_unexplained(layers)}


def _ended(image: ReportedImage, found: AssessedImage) -> ReportedImage:
    if not found.failed or image.state is State.FAILED:
        return image
    return msgspec.structs.replace(
        image, state=State.FAILED, reason=found.reason, reason_code="internal", layers=()
    )


def sum_unexplained(layers: tuple[ReportedLayer, ...]) -> Unexplained:
    """Add up what no layer of an image explains; the same folder in two layers is one root."""
    roots: Counter[str] = Counter()
    for layer in layers:
        roots.update({root.path: root.files for root in layer.unexplained.roots})
    return Unexplained(
        files=sum(layer.unexplained.files for layer in layers),
        roots=tuple(UnexplainedRoot(path, files) for path, files in roots.most_common()),
    )
