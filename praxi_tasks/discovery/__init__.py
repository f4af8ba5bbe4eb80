"""Discovery: which releases a layer holds; the model, its parts, and its predictions.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.discovery.bundle import (
        CATALOGUE,
        CONTENTS,
        MANIFEST,
        SITE,
        Manifest,
        Pack,
        Packed,
        bundle_size,
        copy_bundle,
        manifest_elsewhere,
        open_bundle,
        save_bundle,
        save_manifest,
    )
    from praxi_tasks.discovery.calibration import (
        Bin,
        calibration_error,
        fit_calibration,
        overconfidence,
        reliability_diagram,
    )
    from praxi_tasks.discovery.candidate_search import search_candidates
    from praxi_tasks.discovery.catalogue import CORE, KEYS_PER_PACKAGE, Catalogue, empty_catalogue
    from praxi_tasks.discovery.catalogue_merge import join_catalogues
    from praxi_tasks.discovery.catalogue_subset import narrowed, only, without
    from praxi_tasks.discovery.content_index import ContentIndex, builds_of_size
    from praxi_tasks.discovery.copies import Copy
    from praxi_tasks.discovery.decision_rule import (
        LIKELY,
        STRATEGIES,
        DecisionRule,
        Strategy,
        select_candidates,
    )
    from praxi_tasks.discovery.expert_ensemble import ExpertEnsemble
    from praxi_tasks.discovery.experts import Expert, LabelModel, Router, label_features
    from praxi_tasks.discovery.features import FEATURES
    from praxi_tasks.discovery.lookup import Lookup
    from praxi_tasks.discovery.matching import LayerKeys
    from praxi_tasks.discovery.model import Model
    from praxi_tasks.discovery.pack_parts import PART_READERS
    from praxi_tasks.discovery.part_pool import Part, PartPool
    from praxi_tasks.discovery.prediction import (
        LayerPrediction,
        LookAlike,
        ReleasePrediction,
        Unexplained,
        UnexplainedRoot,
    )
    from praxi_tasks.discovery.release import Release
    from praxi_tasks.discovery.release_experts import tokens_of
    from praxi_tasks.discovery.scorer import Scorer
    from praxi_tasks.discovery.supersession import hiding, superseding, visible_parts
    from praxi_tasks.discovery.tokens import Tokenizer, distinct_tokens, in_sorted
    from praxi_tasks.discovery.version_contents import Contents, fold_contents, run_bounds, run_indices
    from praxi_tasks.discovery.versions import compare_versions
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "bundle": (
                "CATALOGUE",
                "CONTENTS",
                "MANIFEST",
                "Manifest",
                "Pack",
                "Packed",
                "SITE",
                "bundle_size",
                "copy_bundle",
                "manifest_elsewhere",
                "open_bundle",
                "save_bundle",
                "save_manifest",
            ),
            "calibration": (
                "Bin",
                "calibration_error",
                "fit_calibration",
                "overconfidence",
                "reliability_diagram",
            ),
            "candidate_search": ("search_candidates",),
            "features": ("FEATURES",),
            "catalogue": ("CORE", "KEYS_PER_PACKAGE", "Catalogue", "empty_catalogue"),
            "catalogue_merge": ("join_catalogues",),
            "catalogue_subset": ("narrowed", "only", "without"),
            "content_index": ("ContentIndex", "builds_of_size"),
            "copies": ("Copy",),
            "decision_rule": ("DecisionRule", "LIKELY", "STRATEGIES", "Strategy", "select_candidates"),
            "expert_ensemble": ("ExpertEnsemble",),
            "experts": ("Expert", "LabelModel", "Router", "label_features"),
            "lookup": ("Lookup",),
            "matching": ("LayerKeys",),
            "model": ("Model",),
            "pack_parts": ("PART_READERS",),
            "part_pool": ("Part", "PartPool"),
            "prediction": (
                "LayerPrediction",
                "LookAlike",
                "ReleasePrediction",
                "Unexplained",
                "UnexplainedRoot",
            ),
            "release": ("Release",),
            "release_experts": ("tokens_of",),
            "scorer": ("Scorer",),
            "supersession": ("hiding", "superseding", "visible_parts"),
            "tokens": ("Tokenizer", "distinct_tokens", "in_sorted"),
            "version_contents": ("Contents", "fold_contents", "run_bounds", "run_indices"),
            "versions": ("compare_versions",),
        },
    )

__all__ = [
    "Bin",
    "CATALOGUE",
    "CONTENTS",
    "CORE",
    "Catalogue",
    "ContentIndex",
    "Contents",
    "Copy",
    "DecisionRule",
    "Expert",
    "ExpertEnsemble",
    "FEATURES",
    "KEYS_PER_PACKAGE",
    "LIKELY",
    "LabelModel",
    "LayerKeys",
    "LayerPrediction",
    "LookAlike",
    "Lookup",
    "MANIFEST",
    "Manifest",
    "Model",
    "PART_READERS",
    "Pack",
    "Packed",
    "Part",
    "PartPool",
    "Release",
    "ReleasePrediction",
    "Router",
    "SITE",
    "STRATEGIES",
    "Scorer",
    "Strategy",
    "Tokenizer",
    "Unexplained",
    "UnexplainedRoot",
    "builds_of_size",
    "bundle_size",
    "calibration_error",
    "compare_versions",
    "copy_bundle",
    "distinct_tokens",
    "empty_catalogue",
    "fit_calibration",
    "fold_contents",
    "hiding",
    "in_sorted",
    "join_catalogues",
    "label_features",
    "manifest_elsewhere",
    "narrowed",
    "only",
    "open_bundle",
    "overconfidence",
    "reliability_diagram",
    "run_bounds",
    "run_indices",
    "save_bundle",
    "save_manifest",
    "search_candidates",
    "select_candidates",
    "superseding",
    "tokens_of",
    "visible_parts",
    "without",
]
