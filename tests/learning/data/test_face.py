"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.data") == {
        "Identity",
        "NewPackage",
        "Recording",
        "ReleaseIndex",
        "ReleaseLimits",
        "ReleaseStore",
        "StoredRelease",
        "TrainingRequest",
        "asked_for",
        "choose",
        "decode_list",
        "import_bundled",
        "is_wheel",
        "list_archive",
        "list_lines",
        "list_text",
        "listed_contents",
        "mark_served",
        "merge",
        "name_lines",
        "name_changesets",
        "of_version",
        "open_lines",
        "open_requests",
        "open_wheel",
        "open_wheel_file",
        "parse_label",
        "read_changesets",
        "read_list",
        "read_releases",
        "read_wheel",
        "request_retry",
        "retries_are_due",
        "write_bundled",
    }


def test_what_airflow_imports_needs_no_numpy() -> None:
    assert "numpy" not in loaded_by("praxi_tasks.learning.data", "retries_are_due")
