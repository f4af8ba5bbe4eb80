"""One task on the test cluster without all of Airflow: the real operator, and its trigger where it defers."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import TaskDeferred

from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.pod import PodRunner
from praxi_airflow.settings import load_settings
from tests.support import airflow_home
from tests.support.cluster.cluster import Cluster
from tests.support.folders import open_to_containers

assert airflow_home.HOME  # imported for its effect, before anything asks Airflow for a setting

CONNECTION = "AIRFLOW_CONN_PRAXI_TEST_CLUSTER"
_PATIENCE = 240.0
_PAUSE = 0.05
_runs = itertools.count(1)


@dataclass
class Bench:
    """A cluster, and settings that lead to it; ``deferrals`` counts those of all tasks."""

    cluster: Cluster
    patch: pytest.MonkeyPatch
    deferrals: int = 0

    def configure(self, **settings: object) -> None:
        """Give settings of the ``[praxi]`` section by name."""
        for name, value in settings.items():
            self.patch.setenv(f"AIRFLOW__PRAXI__{name.upper()}", str(value))

    def connect(self, kubeconfig: Path) -> None:
        """Let tasks talk to the cluster of a kubeconfig."""
        extra = {"kube_config_path": str(kubeconfig)}
        self.patch.setenv(CONNECTION, json.dumps({"conn_type": "kubernetes", "extra": extra}))

    def run(self, command: str, *arguments: str, run: str = "", batch: int | None = None) -> object:
        """Run a command's task to its end."""

        def operator() -> PraxiTaskOperator:
            return PraxiTaskOperator(task_id=command, command=command, arguments=arguments, batch=batch)

        return self.perform(operator, self.context(command, run, batch))

    def operator(self, command: str, *arguments: str, run: str) -> Any:
        """Return Airflow's own operator for the pod of a command's task."""
        task = BaseOperator(task_id=command)
        work = Command(arguments=(command, "--run", run, *arguments), run=run)
        return PodRunner(load_settings(), task).operator_for(work)

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait until something happened, far longer than it takes."""
        deadline = time.monotonic() + _PATIENCE
        while not happened():
            assert time.monotonic() < deadline, self.cluster.pods()
            time.sleep(_PAUSE)

    def perform(self, operator: Callable[[], PraxiTaskOperator], context: Any) -> object:
        """Run a task to its end."""

        def defer() -> None:
            self.deferrals += 1

        return perform(operator, context, defer)

    def context(self, task: str, run: str = "", batch: int | None = None) -> Any:
        """Return what Airflow tells a task about itself."""
        return context(task, run or f"bench-{next(_runs)}", batch)


def perform(
    operator: Callable[[], PraxiTaskOperator], context: Any, deferred: Callable[[], None] = lambda: None
) -> object:
    """Run a task to its end, as a worker and, if it defers, a triggerer and another worker do."""
    try:
        return operator().execute(context)
    except TaskDeferred as told:
        deferred()
        event = asyncio.run(_first_event(told.trigger))
    return operator().trigger_reentry(context, event)


def context(task: str, run: str, batch: int | None) -> Any:
    """Return what Airflow tells a task of a run about itself."""
    instance = SimpleNamespace(
        dag_id="praxi_audit",
        task_id=task,
        run_id=run,
        map_index=-1 if batch is None else batch,
        try_number=1,
        max_tries=3,
        xcom_push=lambda **_: None,
    )
    return {
        "ti": instance,
        "task_instance": instance,
        "run_id": instance.run_id,
        "dag": SimpleNamespace(),
    }


async def _first_event(trigger: Any) -> Mapping[str, Any]:
    """Return what a trigger tells, made anew from what the database keeps of it, as in a triggerer."""
    place, arguments = trigger.serialize()
    module, _, name = place.rpartition(".")
    async for event in getattr(importlib.import_module(module), name)(**arguments).run():
        payload: Mapping[str, Any] = event.payload
        return payload
    raise AssertionError("the trigger ended without an event")


@contextmanager
def bench(folder: Path, image: str) -> Iterator[Bench]:
    """Start a cluster that has the namespace ``praxi``, and point the settings at it."""
    folder.mkdir(parents=True, exist_ok=True)
    open_to_containers(folder)
    with Cluster(folder) as cluster, pytest.MonkeyPatch.context() as patch:
        cluster.add_namespace("praxi", "praxi-tasks")
        made = Bench(cluster, patch)
        made.connect(cluster.kubeconfig())
        made.configure(
            runner="pod",
            store=(folder / "store").as_uri(),
            pod_image=image,
            pod_connection="praxi_test_cluster",
            pod_namespace="praxi",
            pod_service_account="praxi-tasks",
            pod_defer_after=0,  # what short pods do would not be tried
        )
        yield made
