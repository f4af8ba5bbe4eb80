"""When a person is asked about a new model."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from praxi_airflow.operators.promotion import ANSWER_TIME, PromotionApproval


class Instance:
    """A task instance that reads the result of ``gate``."""

    def __init__(self, passed: bool) -> None:
        self._passed = passed

    def xcom_pull(self, task_ids: str) -> dict[str, Any]:
        assert task_ids == "gate"
        return {"passed": self._passed}


@pytest.mark.parametrize(("approval", "passed"), [("none", True), ("none", False), ("human", False)])
def test_nobody_is_asked_without_need(approval: str, passed: bool) -> None:
    context: Any = {"params": {"approval": approval}, "ti": Instance(passed)}
    with pytest.raises(AirflowSkipException):
        PromotionApproval(task_id="approve").execute(context)


def test_a_person_has_days_and_no_task_timeout_ends_the_wait() -> None:
    approve = PromotionApproval(task_id="approve")
    assert approve.response_timeout == ANSWER_TIME
    assert approve.execution_timeout is None
