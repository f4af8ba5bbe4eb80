"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.builds") == {
        "Bounds",
        "BuildResult",
        "Listener",
        "build_release",
        "import_builds",
        "to_lines",
    }


def test_what_airflow_imports_needs_no_numpy() -> None:
    assert "numpy" not in loaded_by("praxi_tasks.learning.builds", "Listener")
