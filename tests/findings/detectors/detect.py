"""Runs one detector on a small image."""

from __future__ import annotations

from datetime import date

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors import Detector, Knowledge
from praxi_tasks.findings.image.fusion import LayerFacts, fuse

NO_FEEDS = Knowledge(date(2026, 11, 24))


def detect(detector: type[Detector], *layers: LayerFacts, knowledge: Knowledge = NO_FEEDS) -> list[Finding]:
    """Return what a detector finds in an image of these layers, all of it of the detector's kind."""
    found = list(detector(knowledge).detect(fuse(layers)))
    assert {finding.kind for finding in found} <= {detector.kind}
    return found
