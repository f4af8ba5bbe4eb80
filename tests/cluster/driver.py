"""Runs the audit Dag in one long-lived process, by Airflow's own ``dag.test()``: real operators, one import.

Reads commands from standard input, one JSON object a line, and writes each answer to the file it names.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer commands until standard input ends."""
    from airflow.utils.db import initdb

    initdb()
    for line in sys.stdin:
        command = json.loads(line)
        os.environ.update(command["environment"])
        answer = Path(command["answer"])
        partial = answer.with_suffix(".partial")
        partial.write_text(json.dumps(go_on() if command.get("go_on") else run_audit(command)))
        partial.rename(answer)


def run_audit(command: dict[str, Any]) -> dict[str, Any]:
    """Run the audit of one day and return how its tasks ended and what they said."""
    logical_date = datetime.fromisoformat(command["logical_date"])
    return _told(_audit_dag().test(logical_date=logical_date, run_conf=command["conf"]))


def go_on() -> dict[str, Any]:
    """Go on with the audit whose worker was killed, as a scheduler does that misses its heartbeats."""
    from unittest.mock import patch

    from airflow import settings
    from airflow.models.dagrun import DagRun
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import select

    assert settings.Session is not None
    dag, session = _audit_dag(), settings.Session()
    run: Any = session.scalars(select(DagRun).order_by(DagRun.id.desc())).first()
    assert run is not None, "no audit was begun"

    def same_run(dag: SerializedDAG, **_: Any) -> Any:
        run.dag = dag
        for lost in run.get_task_instances(state=[TaskInstanceState.RUNNING], session=session):
            lost.task = dag.get_task(lost.task_id)
            lost.handle_failure("the worker sends no heartbeats", session=session)
        session.commit()
        return run

    # dag.test() would begin anew; all else that it does is what a scheduler does.
    with (
        patch("airflow.models.dagrun.get_or_create_dagrun", same_run),
        patch.object(SerializedDAG, "clear_dags"),
    ):
        return _told(dag.test(logical_date=run.logical_date))


def _audit_dag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).dags["praxi_audit"]
    dag.deadline = None  # dag.test() looks deadlines up under ids that only the scheduler gives them
    return dag


def _told(run: Any) -> dict[str, Any]:
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        rows = session.scalars(select(XComModel.value).where(XComModel.run_id == run.run_id))
        told = sum(len(str(value)) for value in rows)
    tasks = [
        {
            "task": found.task_id,
            "index": found.map_index,
            "state": str(found.state),
            "tries": found.try_number,
        }
        for found in run.get_task_instances()
    ]
    return {"run_id": run.run_id, "state": str(run.state), "tasks": tasks, "xcom_bytes": told}


if __name__ == "__main__":
    main()
