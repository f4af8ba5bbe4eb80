"""What Dags and rooms of Airflow's side may import from each other, and what importing it costs."""

from __future__ import annotations

import pytest

from tests.support.faces import exported, loaded_by

FACES = {
    "hooks": {
        "CLUSTER_LABEL",
        "PrometheusHook",
        "Series",
        "WebhookHook",
        "connected_store",
        "store_variables",
    },
    "notifiers": {
        "FirstQueued",
        "OperationsNotifier",
        "watched",
    },
    "operators": {
        "PraxiTaskOperator",
        "PromotionApproval",
        "PromotionOperator",
        "ReleaseBuildOperator",
        "ReportLink",
        "ReportOperator",
    },
    "runners": {
        "CHAMPION_URI",
        "Command",
        "ProcessRunner",
        "Runner",
        "build_environment",
        "choose_runner",
        "sweep",
        "task_environment",
    },
    "sources": {
        "PrometheusImages",
        "watched_pushes",
    },
    "tasks": {
        "POKE_SECONDS",
        "audit_params",
        "examine_airflow",
        "gather_pushes",
        "packs_params",
        "record_deployed_images",
        "releases_to_build",
        "request_drift_training",
        "request_training",
        "routing_trials",
        "sweep_pods",
        "take_pushes",
        "training_params",
        "tuning_trials",
    },
    "web": {
        "application",
        "built",
        "may_read",
        "offers_acceptance",
    },
}


@pytest.mark.parametrize("room", FACES)
def test_what_a_room_exports(room: str) -> None:
    assert exported(f"praxi_airflow.{room}") == FACES[room]


@pytest.mark.parametrize("room", FACES)
def test_importing_a_face_costs_no_more_than_airflow_has(room: str) -> None:
    assert not loaded_by(f"praxi_airflow.{room}") & {"fastapi", "kubernetes", "numpy", "obstore"}


@pytest.mark.parametrize("name", ["PraxiTaskOperator", "ReportOperator", "ReleaseBuildOperator"])
def test_an_operator_is_imported_without_the_clients_that_it_uses(name: str) -> None:
    assert not loaded_by("praxi_airflow.operators", name) & {"kubernetes", "numpy", "obstore"}
