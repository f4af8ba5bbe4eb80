"""``GET /praxi/images``: the images of an audit, searched, filtered and sorted."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from praxi_airflow.web.access import may_read
from praxi_airflow.web.answers import FORMS, Data, show
from praxi_airflow.web.data import Audit
from praxi_airflow.web.lists import Conditions, ListQuery, Window, find
from praxi_tasks.findings import SEVERITIES, Kind, Severity

_MOST_CHOICES: Final = 500
_COLUMNS: Final = (
    "image, cluster, digest, platform, state, reason, namespaces, teams, pods, base, worst, findings, "
    "critical, high, medium, unknown, low, info, vulnerable, hidden, exploited, overdue, fresh, kinds, "
    "unchecked, partly, gaps, components, first_seen, last_seen"
)
_ORDERS: Final = {
    "worst": "(-coalesce(worst, 9), critical, high, medium, findings)",
    "image": "image",
    "findings": "findings",
    "vulnerable": "vulnerable",
    "hidden": "hidden",
    "overdue": "overdue",
    "gaps": "(unchecked, partly)",
    "components": "components",
    "pods": "pods",
}
_COVERAGE: Final = {
    "checked": "state <> 'failed' AND unchecked = 0 AND partly = 0",
    "partial": "state <> 'failed' AND unchecked = 0 AND partly > 0",
    "not-checked": "state <> 'failed' AND unchecked > 0",
}
_CHOICES: Final = {
    "namespaces": "unnest(namespaces)",
    "teams": "unnest(teams)",
    "bases": "base",
    "platforms": "platform",
    "clusters": "cluster",
}
router = APIRouter(dependencies=[may_read])


class ImagesQuery(ListQuery):
    """By what images are chosen; what is empty does not matter."""

    namespace: str = Field("", max_length=253)
    team: str = Field("", max_length=253)
    cluster: str = Field("", max_length=253)
    severity: Severity | Literal[""] = Field("", description="Has open findings of it")
    kind: Kind | Literal[""] = Field("", description="Has open findings of it")
    state: Literal["audited", "cached", "failed", ""] = ""
    coverage: Literal["checked", "partial", "not-checked", ""] = Field("", description="How far it was seen")
    base: str = Field("", max_length=500)
    platform: str = Field("", max_length=60)
    only: Literal["overdue", "exploited", "fresh", ""] = Field("", description="Has findings of that kind")


@router.get("/images", responses=FORMS)
async def images(request: Request, query: Annotated[ImagesQuery, Query()]) -> Response:
    """Return the images that are asked for."""
    return await show(request, "images.html", partial(find_images, query, query.window(request)), query.audit)


def find_images(query: ImagesQuery, window: Window, audit: Audit) -> Data:
    """Return a part of the images, and what they can be filtered by."""
    wanted = Conditions()
    wanted.contains(query.search, "image", "digest", "base")
    wanted.add(query.namespace, "list_contains(namespaces, ?)")
    wanted.add(query.team, "list_contains(teams, ?)")
    for name in ("cluster", "state", "base", "platform"):
        wanted.add(getattr(query, name), f"{name} = ?")
    wanted.add(query.kind, "list_contains(kinds, ?)")
    if query.severity:
        wanted.parts.append(f"{SEVERITIES[SEVERITIES.index(query.severity)]} > 0")
    if query.coverage:
        wanted.parts.append(_COVERAGE[query.coverage])
    if query.only:
        wanted.parts.append(
            {"overdue": "overdue > 0", "exploited": "exploited > 0", "fresh": "fresh > 0"}[query.only]
        )
    return {
        **find(audit, f"{_COLUMNS} FROM images", wanted, _ORDERS, query.sort, window),
        "choices": {name: _choices(audit, column) for name, column in _CHOICES.items()},
    }


def _choices(audit: Audit, column: str) -> list[str]:
    found = audit.rows(
        f"""SELECT DISTINCT name FROM (SELECT {column} AS name FROM images) WHERE name <> ''
        ORDER BY name LIMIT ?""",
        [_MOST_CHOICES],
    )
    return [row["name"] for row in found]
