"""When a person is asked about a new model."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowSkipException

from praxi_airflow.operators.promotion import ANSWER_TIME, PromotionApproval, PromotionOperator


class Instance:
    """A task instance that reads the result of ``gate``."""

    def __init__(self, verdict: dict[str, Any]) -> None:
        self._verdict = verdict

    def xcom_pull(self, task_ids: str) -> dict[str, Any]:
        assert task_ids == "gate"
        return self._verdict


@pytest.mark.parametrize(
    ("approval", "verdict"),
    [
        ("none", {"passed": True, "checks": [{}]}),
        ("none", {"passed": False, "checks": [{}]}),
        ("human", {"passed": False, "checks": []}),
        ("human", {"passed": False, "checks": [{}], "repeats": "yesterday"}),
    ],
)
def test_nobody_is_asked_without_need(approval: str, verdict: dict[str, Any]) -> None:
    context: Any = {"params": {"approval": approval}, "ti": Instance(verdict)}
    with pytest.raises(AirflowSkipException):
        PromotionApproval(task_id="approve").execute(context)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ({"passed": True, "score": 0.9, "told": ["F1 is 1"]}, "passed the gate with a score of **0.900**"),
        ({"passed": False, "reasons": ["F1 is 0"]}, "**refused:** F1 is 0"),
    ],
)
def test_the_question_says_what_the_gate_found(verdict: dict[str, Any], told: str) -> None:
    approve = PromotionApproval(task_id="approve")
    approve.render_template_fields({"ti": Instance(verdict)})  # type: ignore[typeddict-item]
    assert told in (approve.body or "")
    assert ("though the gate refused it" in approve.subject) is not verdict["passed"]


@pytest.mark.parametrize(
    ("answer", "arguments"),
    [
        (None, ["promote", "", ""]),
        (
            {"responded_by_user": {"id": "1", "name": "ada"}, "params_input": {"note": "--note it's fine"}},
            ["promote", "--approved-by=ada", "--note=--note it's fine"],
        ),
        ({"responded_by_user": None, "params_input": {}}, ["promote", "--approved-by=a person", ""]),
    ],
)
def test_an_answer_goes_on_to_the_promotion(answer: dict[str, Any] | None, arguments: list[str]) -> None:
    class Answered:
        def xcom_pull(self, task_ids: str) -> dict[str, Any] | None:
            assert task_ids == "approve"
            return answer

    promote = PromotionOperator(task_id="promote")
    promote.render_template_fields({"ti": Answered()})  # type: ignore[typeddict-item]
    assert list(promote.arguments) == arguments


def test_the_form_asks_for_a_note_and_nothing_of_the_dag() -> None:
    with DAG("training", schedule=None, params={"approval": Param("human", type="string")}):
        approve = PromotionApproval(task_id="approve")
    assert list(approve.serialized_params) == ["note"]
    approve.validate_params_input({"note": "the bar cannot be met"})
    approve.validate_params_input({})


def test_a_person_has_days_and_no_task_timeout_ends_the_wait() -> None:
    approve = PromotionApproval(task_id="approve")
    assert approve.response_timeout == ANSWER_TIME
    assert approve.execution_timeout is None
