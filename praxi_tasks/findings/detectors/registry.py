"""All detectors; a new kind of finding is a module beside this one and a line here."""

from __future__ import annotations

from typing import Final

from praxi_tasks.findings.detectors.database_removed import DatabaseRemoved
from praxi_tasks.findings.detectors.detector import Detector
from praxi_tasks.findings.detectors.end_of_life import EndOfLife
from praxi_tasks.findings.detectors.ghost import Ghost
from praxi_tasks.findings.detectors.hidden import Hidden
from praxi_tasks.findings.detectors.licence import Licence
from praxi_tasks.findings.detectors.modified import Modified
from praxi_tasks.findings.detectors.outdated import Outdated
from praxi_tasks.findings.detectors.runtimes import Runtimes
from praxi_tasks.findings.detectors.unexplained import Unexplained
from praxi_tasks.findings.detectors.unsafe_model import UnsafeModel
from praxi_tasks.findings.detectors.vulnerable import Vulnerable

DETECTORS: Final[tuple[type[Detector], ...]] = (
    Vulnerable,
    Outdated,
    EndOfLife,
    Runtimes,
    Hidden,
    DatabaseRemoved,
    Ghost,
    Modified,
    Unexplained,
    Licence,
    UnsafeModel,
)
