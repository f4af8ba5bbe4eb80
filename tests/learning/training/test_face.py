"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks.learning import training


def test_the_exported_names() -> None:
    assert sorted(training.__all__) == [
        "HELD_OUT_SHARE",
        "TrainingTask",
        "add_releases",
        "give_experts",
        "learn_files",
        "learn_releases",
        "make_scorer",
        "tuning_space",
    ]
    assert all(getattr(training, name) is not None for name in training.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = training.nothing


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    script = (
        "import sys; from praxi_tasks.learning.training import *;"
        " print(sorted({'xgboost', 'sklearn', 'scipy', 'optuna'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
