"""What the reading of events shows to others, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.events") == {
        "FORMS", "Form", "IGNORED", "Ignored", "Intake", "LARGEST", "Notices", "Push", "Rules", "gathered",
        "is_heeded", "knows_secret",
        "read_body", "read_message", "take", "window_end",
    }  # fmt: skip


def test_airflows_side_can_import_it() -> None:
    assert not loaded_by("praxi_tasks.events") & {
        "numpy",
        "xgboost",
        "mlflow",
        "obstore",
        "zstandard",
        "urllib3",
    }
