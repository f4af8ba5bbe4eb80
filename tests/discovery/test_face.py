"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks import discovery


def test_the_exported_names() -> None:
    assert sorted(discovery.__all__) == [
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
    assert all(getattr(discovery, name) is not None for name in discovery.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = discovery.nothing


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    script = (
        "import sys; from praxi_tasks.discovery import *;"
        " print(sorted({'xgboost', 'sklearn', 'scipy', 'optuna'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
