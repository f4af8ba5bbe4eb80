"""The operator that builds a release from its source, isolated from everything else."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from praxi_airflow.errors import RetryableTaskError
from praxi_airflow.hooks import connected_store
from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.run_key import run_key
from praxi_airflow.runners import Command, build_environment
from praxi_airflow.settings import Settings
from praxi_tasks.learning.builds import Listener
from praxi_tasks.learning.data import parse_label
from praxi_tasks.store import keys


class ReleaseBuildOperator(PraxiTaskOperator):
    """Run ``praxi build RELEASE`` isolated, and store what it printed without interpreting it.

    The pod has no way into the store: its log is its only way out. What a build hands over is data from
    outside, and is understood where wheels are, by ``praxi learn train``.

    Parameters
    ----------
    release
        What to build: ``name==version``.
    """

    def __init__(self, *, release: str, **kwargs: Any) -> None:
        super().__init__(command="build", **kwargs)
        self.release = release
        self._listener = Listener()

    def _command(self, settings: Settings, context: Context) -> Command:
        return Command(
            arguments=(self.command, self.release),
            environment=build_environment(settings),
            run=run_key(str(context["run_id"])),
            isolated=True,
            listen=self._listener.take,
        )

    def _finish(self, settings: Settings, context: Context) -> None:
        result = self._listener.result
        if result is None:
            raise RetryableTaskError("the build ended without a result, or its log is lost")
        run, built = run_key(str(context["run_id"])), parse_label(self.release)
        connected_store(settings).replace(keys.training_build(run, *built.identity), result)
