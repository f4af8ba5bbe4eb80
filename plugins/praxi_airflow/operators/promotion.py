"""Operators that put a new model in use: a person's approval, and the promotion itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from praxi_airflow.assets import CHAMPION
from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.run_key import run_key
from praxi_airflow.runners import CHAMPION_URI
from praxi_airflow.settings import Settings
from praxi_tasks.store import keys

ANSWER_TIME: Final = timedelta(days=7)
"""How long a challenger waits for an answer; afterwards the task fails and the champion stays."""

_BODY: Final = """
{% set verdict = ti.xcom_pull(task_ids='gate') %}
The challenger passed the gate with a score of **{{ '%.3f' % verdict.score }}**:
{% for line in verdict.told %}
- {{ line }}
{% endfor %}{% for line in verdict.unmeasured %}
- *not measured:* {{ line }}
{% endfor %}
"""


class PromotionApproval(ApprovalOperator):
    """Ask a person whether the challenger may become champion.

    Skipped unless the run's parameter ``approval`` is ``human`` and ``gate`` let the challenger pass.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            subject="Put the new model in use?", body=_BODY, response_timeout=ANSWER_TIME, **kwargs
        )
        self.execution_timeout = None  # a person may take longer than a task

    def execute(self, context: Context) -> Any:
        """Ask, or skip."""
        if context["params"]["approval"] != "human":
            raise AirflowSkipException("this training needs no approval")
        verdict = context["ti"].xcom_pull(task_ids="gate")
        if not verdict["passed"]:
            raise AirflowSkipException("the gate held the challenger back")
        return super().execute(context)


class PromotionOperator(PraxiTaskOperator):
    """Make the challenger champion if the gate let it pass; otherwise end as skipped.

    A skipped task updates no asset, so the asset ``CHAMPION`` has one event for each promotion.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            command="learn", arguments=["promote"], result="promotion.json", outlets=[CHAMPION], **kwargs
        )

    def _finish(self, settings: Settings, context: Context) -> object:
        promotion: Any = super()._finish(settings, context)
        if not promotion["promoted"]:
            raise AirflowSkipException(f"the champion stays: {promotion['reason']}")
        run = run_key(str(context["run_id"]))
        context["outlet_events"][CHAMPION].extra.update(
            run=run,
            report=f"{settings.store.rstrip('/')}/{keys.training_run(run, 'report.html')}",
            model=CHAMPION_URI,
            version=promotion["champion"],
            before=promotion["before"],
        )
        return promotion
