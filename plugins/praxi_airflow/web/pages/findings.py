"""``GET /praxi/findings``: what is wrong over all images, one row for each cause; ``/finding``: one."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from praxi_airflow.web.access import may_read
from praxi_airflow.web.actions.rights import offers_acceptance
from praxi_airflow.web.answers import FORMS, Data, NothingError, show
from praxi_airflow.web.data import Audit
from praxi_airflow.web.lists import Conditions, ListQuery, Window, find
from praxi_tasks.findings import SEVERITIES, Kind, Severity

_ORDERS: Final = {
    "worst": "(NOT set_aside, -rank, exploited, images)",
    "images": "images",
    "score": "score",
    "epss": "epss",
    "since": "since",
    "due": "due",
    "title": "title",
}
_AFFECTED_ORDERS: Final = {"image": "image", "since": "since", "package": "package"}
_MOST_PLACES: Final = 50
_MOST_PACKAGES: Final = 5
router = APIRouter(dependencies=[may_read, offers_acceptance])


class FindingsQuery(ListQuery):
    """By what causes are chosen; what is empty does not matter."""

    severity: Severity | Literal[""] = ""
    kind: Kind | Literal[""] = ""
    namespace: str = Field("", max_length=253, description="Found in an image that runs there")
    team: str = Field("", max_length=253, description="Found in an image of that team")
    package: str = Field("", max_length=500, description="ecosystem/name")
    origin: Literal["base", "own", ""] = Field("", description="Whose layer brought it in")
    only: Literal["overdue", "exploited", "fresh", "fixable", ""] = ""
    accepted: bool = Field(False, description="Those that are set aside, too")


class FindingQuery(ListQuery):
    """Which cause."""

    kind: Kind
    id: str = Field(max_length=500)
    subject: str = Field("", max_length=2_000, description="Of what is no vulnerability: what it is about")


@router.get("/findings", responses=FORMS)
async def findings(request: Request, query: Annotated[FindingsQuery, Query()]) -> Response:
    """Return the causes that are asked for, over all images."""
    work = partial(find_causes, query, query.window(request))
    return await show(request, "findings.html", work, query.audit)


@router.get("/finding", responses=FORMS)
async def finding(request: Request, query: Annotated[FindingQuery, Query()]) -> Response:
    """Return a cause: the images that have it, and what brought it into them."""
    return await show(request, "finding.html", partial(find_cause, query, query.window(request)), query.audit)


def find_causes(query: FindingsQuery, window: Window, audit: Audit) -> Data:
    """Return a part of the causes, and how many there are of each severity."""
    wanted = _conditions(query)
    by_severity = audit.rows(
        f"SELECT rank, count(*)::INTEGER AS count FROM causes WHERE {wanted.sql} GROUP BY rank ORDER BY rank",
        wanted.values,
    )
    if query.severity:
        wanted.add(True, "rank = ?", SEVERITIES.index(query.severity))
    found = find(audit, "* FROM causes", wanted, _ORDERS, query.sort, window)
    for row in found["rows"]:
        row["packages_count"], row["packages"] = len(row["packages"]), row["packages"][:_MOST_PACKAGES]
    names = "SELECT DISTINCT unnest({}) AS name FROM images ORDER BY name LIMIT 500"
    return {
        **found,
        "severities_count": {SEVERITIES[row["rank"]]: row["count"] for row in by_severity},
        "choices": {
            column: [row["name"] for row in audit.rows(names.format(column))]
            for column in ("namespaces", "teams")
        },
    }


def find_cause(query: FindingQuery, window: Window, audit: Audit) -> Data:
    """Return a cause, a part of the images that have it, and where it comes from."""
    key = [query.kind, query.id, query.subject]
    causes = audit.rows("SELECT * FROM causes WHERE kind = ? AND id = ? AND subject = ?", key)
    if not causes:
        raise NothingError(
            "this audit found nothing of that name", action="choose one in the list of findings"
        )
    wanted = Conditions()
    wanted.add(True, "found.kind = ? AND found.id = ? AND found.subject = ?", *key)
    wanted.contains(query.search, "image", "package")
    return {
        "cause": causes[0],
        "aliases": audit.row(
            """SELECT list_distinct(flatten(list(aliases))) AS names FROM findings
            WHERE kind = ? AND id = ? AND subject = ?""",
            key,
        )["names"],
        "origins": audit.rows(
            """SELECT coalesce(origin, '') AS origin, CASE WHEN origin = 'base' THEN base ELSE created_by
                END AS line,
            layer, count(DISTINCT image_id)::INTEGER AS images
            FROM findings JOIN images ON images.id = image_id
            WHERE findings.kind = ? AND findings.id = ? AND subject = ? GROUP BY ALL ORDER BY images DESC,
                layer LIMIT ?""",
            [*key, _MOST_PLACES],
        ),
        "places": audit.rows(
            """SELECT namespace, count(DISTINCT image_id)::INTEGER AS images FROM (
                SELECT unnest(namespaces) AS namespace, image_id
                FROM cause_images found JOIN images ON images.id = image_id
                WHERE found.kind = ? AND found.id = ? AND found.subject = ?)
            GROUP BY namespace ORDER BY images DESC, namespace LIMIT ?""",
            [*key, _MOST_PLACES],
        ),
        **find(
            audit,
            """image, cluster, namespaces, teams, found.package, found.purl, found.title, found.action,
                found.fixed,
            found.since, found.due, found.overdue, found.ignored, found.origin, found.evidence,
                found.confidence
            FROM findings found JOIN images ON images.id = image_id""",
            wanted,
            _AFFECTED_ORDERS,
            query.sort or "image",
            window,
        ),
    }


def _conditions(query: FindingsQuery) -> Conditions:
    wanted = Conditions()
    if not query.accepted:
        wanted.parts.append("NOT set_aside")
    wanted.contains(query.search, "id", "title", "array_to_string(packages, ' ')")
    wanted.add(query.kind, "kind = ?")
    wanted.add(query.package, "list_contains(packages, ?)")
    if query.only == "fixable":
        wanted.parts.append("len(fixed) > 0")
    elif query.only:
        wanted.parts.append({"overdue": "overdue", "exploited": "exploited", "fresh": "fresh"}[query.only])
    if query.origin:
        wanted.parts.append("from_base > 0" if query.origin == "base" else "from_base < images")
    for value, column in ((query.namespace, "namespaces"), (query.team, "teams")):
        wanted.add(
            value,
            f"""(kind, id, subject) IN (SELECT (kind, found.id, subject) FROM cause_images found
            JOIN images ON images.id = image_id WHERE list_contains({column}, ?))""",
        )
    return wanted
