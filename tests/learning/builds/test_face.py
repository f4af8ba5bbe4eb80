"""What other rooms may use of this one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks.learning import builds


def test_the_exported_names() -> None:
    assert sorted(builds.__all__) == [
        "Bounds",
        "BuildResult",
        "Listener",
        "build_release",
        "import_builds",
        "to_lines",
    ]
    assert all(getattr(builds, name) is not None for name in builds.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = builds.nothing


def test_what_airflow_imports_needs_no_numpy() -> None:
    script = "import sys; from praxi_tasks.learning.builds import Listener; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
