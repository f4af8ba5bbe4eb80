"""Who may change what: Airflow's own rights, asked for the Dag that a change is about.

Whoever may edit the audit's Dag may accept risks, whoever may edit that of trainings may put a model in use;
whoever may start runs of a Dag may start them from a page.
Teams and rights on single Dags are Airflow's, and are heeded as Airflow heeds them.
"""

from __future__ import annotations

from typing import Any, Final

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import ResourceMethod
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.models.dag import DagModel
from fastapi import Depends, Request

from praxi_airflow.web.access import AUDITS
from praxi_airflow.web.actions.origin import require_own_page

TRAININGS: Final = "praxi_train"


class Right:
    """The right to change something, as Airflow has it.

    Parameters
    ----------
    method, entity, dag_id
        What Airflow is asked: whether the user may do this with this part of the Dag.
    """

    def __init__(self, method: ResourceMethod, entity: DagAccessEntity | None, dag_id: str) -> None:
        self._method = method
        self._entity = entity
        self.dag_id = dag_id

    @property
    def required(self) -> list[Any]:
        """The dependencies of a route that changes something: 401, 403, or it may go on."""
        return [
            Depends(requires_access_dag(self._method, self._entity, self.dag_id)),
            Depends(require_own_page),
        ]

    def is_of(self, user: BaseUser) -> bool:
        """Return whether a user has it, so that a page offers nobody what is refused."""
        return get_auth_manager().is_authorized_dag(
            method=self._method,
            access_entity=self._entity,
            details=DagDetails(id=self.dag_id, team_name=DagModel.get_team_name(self.dag_id)),
            user=user,
        )


MAY_ACCEPT: Final = Right("PUT", None, AUDITS)
MAY_AUDIT: Final = Right("POST", DagAccessEntity.RUN, AUDITS)
MAY_TRAIN: Final = Right("POST", DagAccessEntity.RUN, TRAININGS)
MAY_PROMOTE: Final = Right("PUT", None, TRAININGS)


def note_whether_may_accept(request: Request, user: GetUserDep) -> None:
    """Note for a page about findings whether its reader may accept them: ``request.state.may_accept``."""
    request.state.may_accept = MAY_ACCEPT.is_of(user)


offers_acceptance: Final = Depends(note_whether_may_accept)
"""The dependency of a page that leads to the form by which a risk is accepted."""
may_see_trainings: Final = Depends(requires_access_dag("GET", DagAccessEntity.RUN, TRAININGS))
"""The dependency of what shows trainings and the versions that they made."""
