"""Starts runs of Praxi's Dags in a user's name."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, Final

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

from praxi_airflow.errors import NotStartedError
from praxi_tasks.printable import printable

_LONGEST_NOTE: Final = 900


def start_run(dag_id: str, user: BaseUser, conf: dict[str, Any], note: str) -> str:
    """Start a run by hand and return its id; its note names the user.

    Raises
    ------
    NotStartedError
        If there is no such Dag, it is switched off, or its params don't take what is asked for.
    """
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.models.dag import DagModel
    from airflow.sdk.exceptions import AirflowException
    from airflow.utils.types import DagRunTriggeredByType

    found = DagModel.get_dagmodel(dag_id)
    if found is None:
        raise NotStartedError(f"Airflow has no Dag {dag_id}", action="see its import errors")
    if found.is_paused:
        raise NotStartedError(f"the Dag {dag_id} is switched off", action="switch it on and try again")
    run_id = f"page__{datetime.now(UTC):%Y%m%dT%H%M%SZ}_{secrets.token_hex(4)}"
    try:
        trigger_dag(
            dag_id,
            triggered_by=DagRunTriggeredByType.UI,
            triggering_user_name=user.get_name(),
            run_id=run_id,
            conf=conf,
            note=printable(f"{user.get_name()}: {note}", _LONGEST_NOTE),
        )
    except (AirflowException, ValueError) as error:
        raise NotStartedError(
            f"{dag_id} was not started: {printable(str(error), 300)}", action="change what is asked for"
        ) from error
    return run_id
