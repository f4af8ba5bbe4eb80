"""Hidden: packages whose files are there and that no package database knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from praxi_tasks.findings.detectors.detector import Detector
from praxi_tasks.findings.finding import Finding, Kind
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import FINGERPRINT, Component


class Hidden(Detector):
    """Reports components that only the fingerprint of their files names."""

    kind: ClassVar[Kind] = "hidden"
    summary: ClassVar[str] = "the files are there and no package database knows them"
    default_severity: ClassVar[str] = "medium"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each hidden component."""
        for component in image.components:
            if component.present and component.hidden and not (component.owner or _owned(component, image)):
                yield Finding(
                    kind="hidden",
                    id="PRAXI-HIDDEN",
                    title=f"{_called(component)} is there and no package database knows it",
                    severity="medium",
                    action="install it with its package manager, or find out who put it there",
                    purl=component.purl,
                    package=component.package,
                    layer=component.layers[0],
                    evidence=component.evidence,
                    sources=(FINGERPRINT,),
                    confidence=component.confidence,
                )


def _owned(component: Component, image: FusedImage) -> bool:
    """Return whether a database lists most of the evidence under another name.

    Distributions package Python's and npm's releases: what dpkg installed, dpkg knows.
    """
    listed = sum(image.tree.place(path) in image.claimed for path in component.evidence)
    return 2 * listed > len(component.evidence)


def _called(component: Component) -> str:
    if component.ties:
        return f"one of {', '.join(component.one_of)}"
    return f"{component.name} {' or '.join(component.versions)}".rstrip()
