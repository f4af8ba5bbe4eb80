"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.discovery") == {
        "Bin",
        "CATALOGUE",
        "CORE",
        "Catalogue",
        "ContentIndex",
        "Contents",
        "Copy",
        "DecisionRule",
        "Expert",
        "ExpertEnsemble",
        "FEATURES",
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
        "bundle_size",
        "builds_of_size",
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
        "manifest_elsewhere",
        "open_bundle",
        "overconfidence",
        "reliability_diagram",
        "run_bounds",
        "run_indices",
        "save_bundle",
        "save_manifest",
        "search_candidates",
        "select_candidates",
        "tokens_of",
    }


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    assert not loaded_by("praxi_tasks.discovery", "*") & {"xgboost", "sklearn", "scipy", "optuna"}
