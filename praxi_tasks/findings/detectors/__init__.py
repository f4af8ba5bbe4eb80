"""The kinds of findings about an image: one module each, all of them in one list."""

from __future__ import annotations

from praxi_tasks.findings.detectors.detector import Detector, Knowledge
from praxi_tasks.findings.detectors.registry import DETECTORS
from praxi_tasks.findings.detectors.runtimes import RUNTIMES
from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities

__all__ = ["DETECTORS", "Detector", "Knowledge", "RUNTIMES", "Vulnerabilities"]
