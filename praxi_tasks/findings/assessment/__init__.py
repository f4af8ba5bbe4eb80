"""From images to findings: assess them, compare with the audit before, and the document of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.assessment.assessor import Assessor
    from praxi_tasks.findings.assessment.changes import with_changes
    from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, ImageRecord
    from praxi_tasks.findings.assessment.history import (
        History,
        Memory,
        image_repository,
        join_memories,
        memory_of_audited,
        remember,
    )
    from praxi_tasks.findings.assessment.model_health import measure_model
    from praxi_tasks.findings.assessment.plausibility import PLAUSIBLE_SHARE, with_plausibility
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "assessor": ("Assessor",),
            "changes": ("with_changes",),
            "document": ("AssessedAudit", "AssessedImage", "ImageRecord"),
            "history": (
                "History",
                "Memory",
                "image_repository",
                "join_memories",
                "memory_of_audited",
                "remember",
            ),
            "model_health": ("measure_model",),
            "plausibility": ("PLAUSIBLE_SHARE", "with_plausibility"),
        },
    )

__all__ = [
    "AssessedAudit",
    "AssessedImage",
    "Assessor",
    "History",
    "ImageRecord",
    "Memory",
    "PLAUSIBLE_SHARE",
    "image_repository",
    "join_memories",
    "measure_model",
    "memory_of_audited",
    "remember",
    "with_changes",
    "with_plausibility",
]
