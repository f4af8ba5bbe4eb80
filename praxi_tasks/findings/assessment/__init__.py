"""From images to findings: assess them, compare with the audit before, and the document of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.findings.assessment.assessor import Assessor
    from praxi_tasks.findings.assessment.blind_spots import (
        BlindSpot,
        coverage_counts,
        find_blind_spots,
        image_gaps,
        image_state,
    )
    from praxi_tasks.findings.assessment.changes import could_hide, with_changes
    from praxi_tasks.findings.assessment.comparison import compare_audit
    from praxi_tasks.findings.assessment.document import (
        LONGEST_TREND,
        AssessedAudit,
        AssessedImage,
        Carried,
        ImageRecord,
        ModelHealth,
        Resolved,
        TrendPoint,
        of_several_clusters,
        shared_registry,
    )
    from praxi_tasks.findings.assessment.grouping import Cause, Told, cause_of, ended_releases, told
    from praxi_tasks.findings.assessment.history import History, Memory, remember
    from praxi_tasks.findings.assessment.identity import (
        image_key,
        image_place,
        image_repository,
        split_key,
    )
    from praxi_tasks.findings.assessment.model_health import measure_model
    from praxi_tasks.findings.assessment.places import may_hold_unseen
    from praxi_tasks.findings.assessment.plausibility import PLAUSIBLE_SHARE
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "assessor": ("Assessor",),
            "blind_spots": (
                "BlindSpot",
                "coverage_counts",
                "find_blind_spots",
                "image_gaps",
                "image_state",
            ),
            "changes": ("could_hide", "with_changes"),
            "comparison": ("compare_audit",),
            "document": (
                "AssessedAudit",
                "AssessedImage",
                "Carried",
                "ImageRecord",
                "LONGEST_TREND",
                "ModelHealth",
                "Resolved",
                "TrendPoint",
                "of_several_clusters",
                "shared_registry",
            ),
            "history": ("History", "Memory", "remember"),
            "identity": ("image_key", "image_place", "image_repository", "split_key"),
            "model_health": ("measure_model",),
            "places": ("may_hold_unseen",),
            "plausibility": ("PLAUSIBLE_SHARE",),
            "grouping": ("Cause", "Told", "cause_of", "ended_releases", "told"),
        },
    )

__all__ = [
    "AssessedAudit",
    "AssessedImage",
    "Assessor",
    "BlindSpot",
    "Carried",
    "Cause",
    "History",
    "ImageRecord",
    "LONGEST_TREND",
    "Memory",
    "ModelHealth",
    "PLAUSIBLE_SHARE",
    "Resolved",
    "Told",
    "TrendPoint",
    "cause_of",
    "compare_audit",
    "could_hide",
    "coverage_counts",
    "ended_releases",
    "find_blind_spots",
    "image_gaps",
    "image_key",
    "image_place",
    "image_repository",
    "image_state",
    "may_hold_unseen",
    "measure_model",
    "of_several_clusters",
    "remember",
    "shared_registry",
    "split_key",
    "told",
    "with_changes",
]
