"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks.learning import estimators


def test_the_exported_names() -> None:
    assert sorted(estimators.__all__) == [
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
    assert all(getattr(estimators, name) is not None for name in estimators.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = estimators.nothing


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    script = (
        "import sys; from praxi_tasks.learning.estimators import *;"
        " print(sorted({'xgboost', 'sklearn', 'scipy', 'optuna'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
