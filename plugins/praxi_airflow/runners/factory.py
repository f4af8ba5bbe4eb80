"""The runner that the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_airflow.hooks import store_variables
from praxi_airflow.runners.process import ProcessRunner

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from praxi_airflow.runners.command import Runner
    from praxi_airflow.settings import Settings


def choose_runner(settings: Settings, operator: BaseOperator) -> Runner:
    """Return a runner for the task ``operator``.

    Kubernetes is imported only where pods are asked for: it costs seconds.
    """
    if settings.runner == "process":
        return ProcessRunner(settings.task_python, lambda: store_variables(settings))
    from praxi_airflow.runners.pod import PodRunner

    return PodRunner(settings, operator)
