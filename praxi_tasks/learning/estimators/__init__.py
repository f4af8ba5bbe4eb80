"""Estimators: the scorer and the experts, their hyper-parameters, and how they are fitted.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.learning.estimators.assignment import DEFAULT_ASSIGNMENT, ROUTINGS, Assignment, Routing
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
        train_scorer,
    )
    from praxi_tasks.learning.estimators.xgboost_c import train_booster

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
    "grow",
    "train_booster",
    "train_experts",
    "train_release_experts",
    "train_scorer",
]

_MODULES: Final = {
    "Assignment": "assignment",
    "DEFAULTS": "hyperparameters",
    "DEFAULT_ASSIGNMENT": "assignment",
    "ExpertHyperparameters": "experts",
    "Hyperparameters": "hyperparameters",
    "RELEASE_EXPERT_DEFAULTS": "release_experts",
    "ROUTINGS": "assignment",
    "Routing": "assignment",
    "SCORER_ARCHIVE_LAYERS": "scorer",
    "SCORER_DEFAULTS": "scorer",
    "SCORER_LAYERS": "scorer",
    "Samples": "samples",
    "ScorerHyperparameters": "scorer",
    "Space": "hyperparameters",
    "grow": "expert_ensemble",
    "train_booster": "xgboost_c",
    "train_experts": "experts",
    "train_release_experts": "release_experts",
    "train_scorer": "scorer",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
