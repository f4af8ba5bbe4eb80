"""Who gets the pool's next slot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.task.priority_strategy import validate_and_load_priority_weight_strategy

from praxi_airflow.priority import AHEAD, OWN_RUNS_FIRST, OwnRunsFirst

PUSHES = ("asset_triggered__2026-03-01T00:00:00+00:00_a1b2", "push__20260301T000010Z")
BELOW = {"plan": {"fingerprint", "report"}, "fingerprint": {"report"}, "report": set()}


def instance(task_id: str, run_id: str) -> Any:
    dag = SimpleNamespace(task_dict={name: SimpleNamespace(priority_weight=1) for name in BELOW})
    task = SimpleNamespace(
        priority_weight=1, get_dag=lambda: dag, get_flat_relative_ids=lambda **_: BELOW[task_id]
    )
    return SimpleNamespace(run_id=run_id, task=task)


def weight(task_id: str, run_id: str) -> int:
    return OwnRunsFirst().get_weight(instance(task_id, run_id))


@pytest.mark.parametrize("run_id", ["manual__2026-03-01", "first", "scheduled", "doctor", *PUSHES])
def test_what_somebody_started_goes_first(run_id: str) -> None:
    assert weight("report", run_id) == AHEAD + 1
    assert weight("report", run_id) > weight("plan", "scheduled__2026-03-01T00:00:00+00:00")


@pytest.mark.parametrize("kind", ["scheduled", "backfill", "audit", "drift"])
def test_what_nobody_waits_for_keeps_airflows_order(kind: str) -> None:
    assert [weight(task, f"{kind}__2026-03-01") for task in BELOW] == [3, 2, 1]


def test_airflow_finds_the_rule_by_its_name() -> None:
    assert validate_and_load_priority_weight_strategy(OWN_RUNS_FIRST) == OwnRunsFirst()
