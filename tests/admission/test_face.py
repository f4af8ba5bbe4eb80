"""What admission shows to the service."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.admission") == {
        "Asked", "Decision", "Teller", "Unknown", "Verdict", "Verdicts", "answer", "decide", "parse_review",
    }  # fmt: skip


def test_importing_it_loads_no_model() -> None:
    assert not loaded_by("praxi_tasks.admission") & {"numpy", "xgboost", "mlflow"}
