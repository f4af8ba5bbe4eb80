"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks.learning import catalogue


def test_the_exported_names() -> None:
    assert sorted(catalogue.__all__) == [
        "Archive",
        "ECOSYSTEM",
        "MOST_ARCHIVE_FILES",
        "build_catalogue",
        "confusable_groups",
        "is_contents",
        "narrowed",
        "read_archive",
        "read_packages",
        "restrict_folder_claims",
        "without",
    ]
    assert all(getattr(catalogue, name) is not None for name in catalogue.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = catalogue.nothing


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    script = (
        "import sys; from praxi_tasks.learning.catalogue import *;"
        " print(sorted({'xgboost', 'sklearn', 'scipy', 'optuna'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
