"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks.learning import evaluation


def test_the_exported_names() -> None:
    assert sorted(evaluation.__all__) == [
        "Bars",
        "Check",
        "Evaluation",
        "MOST_RELEASES",
        "Scores",
        "Verdict",
        "compare_models",
        "draw_layers",
        "evaluate",
        "judge",
        "score_layers",
    ]
    assert all(getattr(evaluation, name) is not None for name in evaluation.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = evaluation.nothing


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    script = (
        "import sys; from praxi_tasks.learning.evaluation import *;"
        " print(sorted({'xgboost', 'sklearn', 'scipy', 'optuna'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
