"""The operator that writes a run's report, with a link to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink, Context, conf

from praxi_airflow.assets import AUDIT_REPORT
from praxi_airflow.intervals import audit_interval
from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.run_key import run_key
from praxi_airflow.settings import Settings
from praxi_tasks.store import keys

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class ReportLink(BaseOperatorLink):
    """The button *Praxi report* on a task's page.

    Airflow stores the address as an XCom when the task has ended, so the API server needs neither the Dag's
    code nor the store to show it.
    """

    name: ClassVar[str] = "Praxi report"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:  # noqa: ARG002 - Airflow's
        """Return the address of the report of the task's run."""
        server = conf.get("api", "base_url", fallback="/").rstrip("/")
        return f"{server}/praxi/reports/{quote(ti_key.dag_id, safe='')}/{quote(ti_key.run_id, safe='')}"


class ReportOperator(PraxiTaskOperator):
    """Run a command that writes a report; an event of the asset ``AUDIT_REPORT`` says where it is."""

    operator_extra_links = (ReportLink(),)

    def _finish(self, settings: Settings, context: Context) -> object:
        result = super()._finish(settings, context)
        if AUDIT_REPORT in self.outlets:
            run = run_key(str(context["run_id"]))
            context["outlet_events"][AUDIT_REPORT].extra.update(
                run=run,
                report=f"{settings.store.rstrip('/')}/{keys.run(run, 'report.json')}",
                interval=str(audit_interval(context)),
                run_type=context["dag_run"].run_type.value,
            )
        return result
