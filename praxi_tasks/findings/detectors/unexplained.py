"""Unexplained: files that no package database lists and no known release explains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from praxi_tasks.findings.detectors.detector import SHOWN_PATHS, Detector
from praxi_tasks.findings.finding import Finding, Kind, Severity
from praxi_tasks.findings.image import FusedImage, find_unexplained_files
from praxi_tasks.findings.packages import FINGERPRINT, INVENTORY
from praxi_tasks.printable import printable

# The share of an image's files from which on the finding is more than information.
_SHARES: Final[tuple[tuple[float, Severity], ...]] = ((0.5, "medium"), (0.05, "low"))


class Unexplained(Detector):
    """Reports how many files of an image are unexplained, and in which folders they are."""

    kind: ClassVar[Kind] = "unexplained"
    summary: ClassVar[str] = (
        "files that no database lists and no known release has, with their folders and share of the image"
    )
    default_severity: ClassVar[str] = "info, low from 5 %, medium from half"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield one finding for the image if it has such files."""
        rest = find_unexplained_files(image)
        if rest.files:
            share = rest.share
            yield Finding(
                kind="unexplained",
                id="PRAXI-UNEXPLAINED",
                title=f"{rest.files} files ({share:.0%} of the image) belong to nothing that is known",
                severity=next((severity for least, severity in _SHARES if share >= least), "info"),
                action="teach the model the packages they come from, or note them as your own software",
                layer=rest.layer,
                evidence=tuple(
                    f"{printable(root.path)}/ ({root.files} files)" for root in rest.roots[:SHOWN_PATHS]
                ),
                sources=(INVENTORY, FINGERPRINT),
            )
