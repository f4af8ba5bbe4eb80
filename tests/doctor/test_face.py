"""What the doctor shows to the command line and to Airflow's side, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    checks = {"check_feeds", "check_images", "check_model", "check_rights", "check_series", "check_store"}
    assert exported("praxi_tasks.doctor") == checks | {
        "Outcome",
        "RIGHTS",
        "Right",
        "ask_prometheus",
        "attempt",
        "check_versions",
        "ending",
        "review_right",
        "skipped",
    }


def test_airflows_side_can_import_it() -> None:
    assert not loaded_by("praxi_tasks.doctor") & {"numpy", "xgboost", "mlflow", "obstore", "zstandard"}
