"""What other rooms may use of this one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from praxi_tasks.learning import data


def test_the_exported_names() -> None:
    assert sorted(data.__all__) == [
        "Identity",
        "MOST_FILES",
        "NewPackage",
        "Recording",
        "ReleaseIndex",
        "ReleaseStore",
        "StoredRelease",
        "TrainingRequest",
        "asked_for",
        "choose",
        "import_bundled",
        "is_wheel",
        "mark_served",
        "merge",
        "name_changesets",
        "of_version",
        "open_lines",
        "open_requests",
        "open_wheel",
        "parse_label",
        "read_changesets",
        "read_list",
        "read_releases",
        "read_wheel",
        "request_retry",
        "retries_are_due",
        "write_bundled",
    ]
    assert all(getattr(data, name) is not None for name in data.__all__)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = data.nothing


def test_what_airflow_imports_needs_no_numpy() -> None:
    script = (
        "import sys; from praxi_tasks.learning.data import retries_are_due; print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
