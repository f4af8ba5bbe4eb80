"""Operators that put a new model in use: a person's approval, and the promotion itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException

from praxi_airflow.assets import CHAMPION
from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.run_key import run_key
from praxi_airflow.runners import CHAMPION_URI
from praxi_airflow.settings import Settings
from praxi_tasks.store import keys

ANSWER_TIME: Final = timedelta(days=7)
"""How long a challenger waits for an answer; afterwards the task fails and the champion stays."""

_SUBJECT: Final = (
    "{{ 'Put the new model in use?' if ti.xcom_pull(task_ids='gate').passed "
    "else 'Put the new model in use, though the gate refused it?' }}"
)
_BODY: Final = """
{% set verdict = ti.xcom_pull(task_ids='gate') %}
{% if verdict.passed %}
The challenger passed the gate with a score of **{{ '%.3f' % verdict.score }}**:
{% else %}
The gate **refused** the challenger. Approve it all the same with a note, which is recorded with the version.
{% for line in verdict.reasons %}
- **refused:** {{ line }}
{% endfor %}
What holds:
{% endif %}
{% for line in verdict.told %}
- {{ line }}
{% endfor %}{% for line in verdict.unmeasured %}
- *not measured:* {{ line }}
{% endfor %}
"""
_APPROVED: Final = (
    "{% set answer = ti.xcom_pull(task_ids='approve') %}"
    "{{ '--approved-by=' ~ ((answer.responded_by_user or {}).get('name') or 'a person') if answer else '' }}"
)
_NOTE: Final = (
    "{% set answer = ti.xcom_pull(task_ids='approve') %}"
    "{{ '--note=' ~ answer.params_input.note if answer and answer.params_input.get('note') else '' }}"
)
_LONGEST_NOTE: Final = 2_000


class PromotionApproval(ApprovalOperator):
    """Ask a person whether the challenger may become champion, also one that the gate refused.

    Skipped unless the run's parameter ``approval`` is ``human``, and where there is no new model or the same
    one was refused before.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("params", None)  # the Dag's own: as the task's they would become part of the form
        super().__init__(
            subject=_SUBJECT, body=_BODY, response_timeout=ANSWER_TIME, params={"note": _note()}, **kwargs
        )
        self.execution_timeout = None  # a person may take longer than a task

    def execute(self, context: Context) -> Any:
        """Ask, or skip."""
        if context["params"]["approval"] != "human":
            raise AirflowSkipException("this training needs no approval")
        verdict = context["ti"].xcom_pull(task_ids="gate")
        if not verdict["checks"]:
            raise AirflowSkipException("there is no new model to approve")
        if verdict.get("repeats"):
            raise AirflowSkipException(f"the same model was refused before, in {verdict['repeats']}")
        return super().execute(context)


def _note() -> Param:
    return Param(
        "",
        "Why; it is recorded with the version. A model that the gate refused is put in use with a note only.",
        title="Note",
        type=["null", "string"],
        maxLength=_LONGEST_NOTE,
        source="task",
    )


class PromotionOperator(PraxiTaskOperator):
    """Make the challenger champion if the gate or a person let it pass; otherwise end as skipped.

    A skipped task updates no asset, so the asset ``CHAMPION`` has one event for each promotion.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            command="learn",
            arguments=["promote", _APPROVED, _NOTE],
            result="promotion.json",
            outlets=[CHAMPION],
            **kwargs,
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
