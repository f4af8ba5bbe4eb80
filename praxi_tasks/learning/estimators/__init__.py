"""Estimators: the scorer and the experts, their hyper-parameters, and how they are fitted.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.estimators.assignment import (
        DEFAULT_ASSIGNMENT,
        ROUTINGS,
        Assignment,
        Routing,
        routings_to_try,
    )
    from praxi_tasks.learning.estimators.course import record_course
    from praxi_tasks.learning.estimators.expert_ensemble import grow
    from praxi_tasks.learning.estimators.experts import ExpertHyperparameters, train_experts
    from praxi_tasks.learning.estimators.hyperparameters import DEFAULTS, Hyperparameters, Space
    from praxi_tasks.learning.estimators.release_experts import RELEASE_EXPERT_DEFAULTS, train_release_experts
    from praxi_tasks.learning.estimators.samples import Samples
    from praxi_tasks.learning.estimators.scorer import (
        SCORER_ARCHIVE_LAYERS,
        SCORER_DEFAULTS,
        SCORER_LAYERS,
        ScorerHyperparameters,
        examples,
        train_scorer,
    )
    from praxi_tasks.learning.estimators.xgboost_c import train_booster
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "assignment": ("Assignment", "DEFAULT_ASSIGNMENT", "ROUTINGS", "Routing", "routings_to_try"),
            "course": ("record_course",),
            "expert_ensemble": ("grow",),
            "experts": ("ExpertHyperparameters", "train_experts"),
            "hyperparameters": ("DEFAULTS", "Hyperparameters", "Space"),
            "release_experts": ("RELEASE_EXPERT_DEFAULTS", "train_release_experts"),
            "samples": ("Samples",),
            "scorer": (
                "SCORER_ARCHIVE_LAYERS",
                "SCORER_DEFAULTS",
                "SCORER_LAYERS",
                "ScorerHyperparameters",
                "examples",
                "train_scorer",
            ),
            "xgboost_c": ("train_booster",),
        },
    )

__all__ = [
    "Assignment",
    "DEFAULTS",
    "DEFAULT_ASSIGNMENT",
    "ExpertHyperparameters",
    "Hyperparameters",
    "RELEASE_EXPERT_DEFAULTS",
    "ROUTINGS",
    "Routing",
    "SCORER_ARCHIVE_LAYERS",
    "SCORER_DEFAULTS",
    "SCORER_LAYERS",
    "Samples",
    "ScorerHyperparameters",
    "Space",
    "examples",
    "grow",
    "record_course",
    "routings_to_try",
    "train_booster",
    "train_experts",
    "train_release_experts",
    "train_scorer",
]
