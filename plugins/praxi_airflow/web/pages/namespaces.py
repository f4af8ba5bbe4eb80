"""``GET /praxi/namespaces``: which namespace and which team is worst off, and who missed deadlines."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from praxi_airflow.web.access import may_read
from praxi_airflow.web.answers import FORMS, Data, show
from praxi_airflow.web.data import Audit
from praxi_airflow.web.lists import Conditions, ListQuery, Window, find
from praxi_tasks.findings import SEVERITIES

_ORDERS: Final = {
    "worst": "(critical, high, medium, findings)",
    "name": "name",
    "images": "images",
    "overdue": "overdue",
    "hidden": "hidden",
    "failed": "failed",
}
_SUMS: Final = ", ".join(
    f"sum({name})::INTEGER AS {name}"
    for name in (*SEVERITIES, "findings", "vulnerable", "hidden", "exploited", "overdue", "fresh")
)
router = APIRouter(dependencies=[may_read])


class NamespacesQuery(ListQuery):
    """By what images are put together."""

    by: Literal["namespace", "team", ""] = Field("namespace", description="Whose images are summed up")


@router.get("/namespaces", responses=FORMS)
async def namespaces(request: Request, query: Annotated[NamespacesQuery, Query()]) -> Response:
    """Return the namespaces or teams with the sums over their images."""
    work = partial(find_namespaces, query, query.window(request))
    return await show(request, "namespaces.html", work, query.audit)


def find_namespaces(query: NamespacesQuery, window: Window, audit: Audit) -> Data:
    """Return a part of them; an image that runs in several counts in each."""
    column, other = ("namespaces", "teams") if query.by != "team" else ("teams", "namespaces")
    wanted = Conditions()
    wanted.contains(query.search, "name")
    source = f"""* FROM (SELECT name, count(*)::INTEGER AS images, {_SUMS},
        (count(*) FILTER (state = 'failed'))::INTEGER AS failed,
        (count(*) FILTER (unchecked > 0 OR partly > 0))::INTEGER AS unseen,
        list_sort(list_distinct(flatten(list({other})))) AS others
        FROM (SELECT unnest({column}) AS name, * FROM images) GROUP BY name)"""
    return {
        **find(audit, source, wanted, _ORDERS, query.sort, window),
        "by": query.by or "namespace",
        "late": audit.rows(
            f"""SELECT name, rank, count(*)::INTEGER AS count, min(due) AS due
            FROM (SELECT unnest({column}) AS name, id FROM images) placed
            JOIN findings ON image_id = placed.id WHERE overdue AND ignored IS NULL
            GROUP BY name, rank ORDER BY rank, count DESC, name LIMIT 10"""
        ),
    }
