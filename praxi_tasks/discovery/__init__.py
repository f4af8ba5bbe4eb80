"""Discovery: which releases a layer holds; the model, its parts, and its predictions.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.discovery.bundle import MANIFEST, bundle_size, copy_bundle
    from praxi_tasks.discovery.calibration import Bin, calibration_error, fit_calibration, reliability_diagram
    from praxi_tasks.discovery.candidate_search import search_candidates
    from praxi_tasks.discovery.candidates import FEATURES
    from praxi_tasks.discovery.catalogue import CORE, Catalogue, empty_catalogue
    from praxi_tasks.discovery.catalogue_merge import join_catalogues
    from praxi_tasks.discovery.decision_rule import (
        LIKELY,
        STRATEGIES,
        DecisionRule,
        Strategy,
        select_candidates,
    )
    from praxi_tasks.discovery.expert_ensemble import ExpertEnsemble
    from praxi_tasks.discovery.experts import Expert, LabelModel, Router, label_features
    from praxi_tasks.discovery.matching import LayerKeys
    from praxi_tasks.discovery.model import Model
    from praxi_tasks.discovery.prediction import (
        LayerPrediction,
        ReleasePrediction,
        Unexplained,
        UnexplainedRoot,
    )
    from praxi_tasks.discovery.release import Release
    from praxi_tasks.discovery.release_experts import tokens_of
    from praxi_tasks.discovery.scorer import Scorer
    from praxi_tasks.discovery.tokens import Tokenizer, distinct_tokens, in_sorted
    from praxi_tasks.discovery.version_contents import Contents, fold_contents, run_bounds, run_indices
    from praxi_tasks.discovery.versions import compare_versions

__all__ = [
    "Bin",
    "CORE",
    "Catalogue",
    "Contents",
    "DecisionRule",
    "Expert",
    "ExpertEnsemble",
    "FEATURES",
    "LIKELY",
    "LabelModel",
    "LayerKeys",
    "LayerPrediction",
    "MANIFEST",
    "Model",
    "Release",
    "ReleasePrediction",
    "Router",
    "STRATEGIES",
    "Scorer",
    "Strategy",
    "Tokenizer",
    "Unexplained",
    "UnexplainedRoot",
    "bundle_size",
    "calibration_error",
    "compare_versions",
    "copy_bundle",
    "distinct_tokens",
    "empty_catalogue",
    "fit_calibration",
    "fold_contents",
    "in_sorted",
    "join_catalogues",
    "label_features",
    "reliability_diagram",
    "run_bounds",
    "run_indices",
    "search_candidates",
    "select_candidates",
    "tokens_of",
]

_MODULES: Final = {
    "Bin": "calibration",
    "CORE": "catalogue",
    "Catalogue": "catalogue",
    "Contents": "version_contents",
    "DecisionRule": "decision_rule",
    "Expert": "experts",
    "ExpertEnsemble": "expert_ensemble",
    "FEATURES": "candidates",
    "LIKELY": "decision_rule",
    "LabelModel": "experts",
    "LayerKeys": "matching",
    "LayerPrediction": "prediction",
    "MANIFEST": "bundle",
    "Model": "model",
    "Release": "release",
    "ReleasePrediction": "prediction",
    "Router": "experts",
    "STRATEGIES": "decision_rule",
    "Scorer": "scorer",
    "Strategy": "decision_rule",
    "Tokenizer": "tokens",
    "Unexplained": "prediction",
    "UnexplainedRoot": "prediction",
    "bundle_size": "bundle",
    "calibration_error": "calibration",
    "compare_versions": "versions",
    "copy_bundle": "bundle",
    "distinct_tokens": "tokens",
    "empty_catalogue": "catalogue",
    "fit_calibration": "calibration",
    "fold_contents": "version_contents",
    "in_sorted": "tokens",
    "join_catalogues": "catalogue_merge",
    "label_features": "experts",
    "reliability_diagram": "calibration",
    "run_bounds": "version_contents",
    "run_indices": "version_contents",
    "search_candidates": "candidate_search",
    "select_candidates": "decision_rule",
    "tokens_of": "release_experts",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
