"""A person's word on a new model, asked for in Airflow's own pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

PATIENCE: Final = timedelta(days=7)
"""How long a challenger waits for an answer; afterwards the task fails and the champion stays."""

_BODY: Final = """
{% set judged = ti.xcom_pull(task_ids='gate') %}
The challenger passed the gate with a score of **{{ '%.3f' % judged.score }}**:
{% for told in judged.told %}
- {{ told }}
{% endfor %}{% for told in judged.unmeasured %}
- *not measured:* {{ told }}
{% endfor %}
"""


class PromotionApproval(ApprovalOperator):
    """Ask a person whether the challenger may become champion.

    Skipped unless the run's parameter ``approval`` is ``human`` and ``gate`` let the challenger pass.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(subject="Put the new model in use?", body=_BODY, response_timeout=PATIENCE, **kwargs)
        self.execution_timeout = None  # a person may take longer than a task

    def execute(self, context: Context) -> Any:
        """Ask, or skip."""
        if context["params"]["approval"] != "human":
            raise AirflowSkipException("nobody need approve")
        judged = context["ti"].xcom_pull(task_ids="gate")
        if not judged["passed"]:
            raise AirflowSkipException("the gate held the challenger back")
        return super().execute(context)
