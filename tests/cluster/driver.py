"""Runs the audit Dag in one long-lived process, by Airflow's own ``dag.test()``: real operators, one import.

Reads commands from standard input, one JSON object a line, and writes each answer to the file it names.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
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
        partial.write_text(json.dumps(_answer(command)))
        partial.rename(answer)


def _answer(command: dict[str, Any]) -> dict[str, Any]:
    if dag_id := command.get("go_on"):
        return go_on(dag_id)
    if words := command.get("command_line"):
        return run_command_line(words)
    return run_audit(command)


def run_command_line(words: list[str]) -> dict[str, Any]:
    """Run ``airflow WORD…`` and return what it printed and how it failed."""
    from airflow.cli.cli_parser import get_parser
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    printed, error = io.StringIO(), ""
    with create_session() as session:
        known = session.query(DagModel).count()
    with contextlib.redirect_stdout(printed):
        try:
            if words[0] == "dags" and not known:
                _call(get_parser().parse_args(["dags", "reserialize"]))
            _call(get_parser().parse_args(words))
        except SystemExit as ended:
            error = f"exit {ended.code}" if ended.code else ""
    return {"printed": printed.getvalue(), "error": error}


def _call(arguments: Any) -> None:
    arguments.func(arguments)


def run_audit(command: dict[str, Any]) -> dict[str, Any]:
    """Run the audit of one day and return how its tasks ended and what they said."""
    logical_date = datetime.fromisoformat(command["logical_date"])
    with within(command["traceparent"]):
        return _told(_dag("praxi_audit").test(logical_date=logical_date, run_conf=command["conf"]))


@contextlib.contextmanager
def within(traceparent: str) -> Iterator[None]:
    """Run the block below a span, as Airflow's workers run each task below that of its run."""
    from opentelemetry import context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    token = context.attach(TraceContextTextMapPropagator().extract({"traceparent": traceparent}))
    try:
        yield
    finally:
        context.detach(token)


def go_on(dag_id: str) -> dict[str, Any]:
    """Go on with a Dag's last run, as a scheduler does: one that was triggered, or lost its worker."""
    from unittest.mock import patch

    from airflow import settings
    from airflow.models.dagrun import DagRun
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.utils.state import DagRunState, TaskInstanceState
    from sqlalchemy import select

    assert settings.Session is not None
    dag, session = _dag(dag_id), settings.Session()
    of_dag = select(DagRun).where(DagRun.dag_id == dag_id)
    run: Any = session.scalars(of_dag.order_by(DagRun.id.desc())).first()
    assert run is not None, f"{dag_id} was not begun"

    def same_run(dag: SerializedDAG, **_: Any) -> Any:
        run.dag = dag
        run.state = DagRunState.RUNNING
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


def _dag(dag_id: str) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).dags[dag_id]
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
