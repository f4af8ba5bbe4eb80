"""The deadline of an audit against a real Airflow database."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("database")]


def test_an_audit_has_a_deadline_and_can_be_cleared_before_it() -> None:
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.models import DagRun, TaskInstance
    from airflow.models.deadline import Deadline
    from airflow.models.taskinstance import clear_task_instances
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunTriggeredByType

    run = trigger_dag("praxi_audit", triggered_by=DagRunTriggeredByType.CLI, run_id="manual__clear")
    assert run is not None
    with create_session() as session:
        kept = session.query(DagRun).filter_by(dag_id="praxi_audit", run_id="manual__clear").one()
        deadline = session.query(Deadline).filter_by(dagrun_id=kept.id).one()
        assert kept.queued_at is not None
        assert deadline.deadline_time == kept.queued_at + timedelta(hours=6)
        tasks = session.query(TaskInstance).filter_by(dag_id="praxi_audit", run_id="manual__clear").all()
        clear_task_instances(tasks, session)
        assert tasks
