"""Who may see pages, and what browsers may do with them.

Sub-applications of the API server have no authentication of their own. Every page asks Airflow whether the
user may read the runs of the Dag whose audits it shows; who is not logged in is answered 401, who may not
read, 403.
"""

from __future__ import annotations

from typing import Final

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends

AUDITS: Final = "praxi_audit"
"""The Dag whose audits the pages show."""

may_read = Depends(requires_access_dag("GET", DagAccessEntity.RUN, AUDITS))
"""The dependency of every route that shows what audits found."""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every page: no script but the pages' own, and only Airflow's pages may hold it in a frame."""
