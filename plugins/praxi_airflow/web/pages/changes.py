"""``GET /praxi/changes``: what changed between two audits; ``/praxi/audits``: which there are."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from praxi_airflow.web.access import may_read
from praxi_airflow.web.answers import FORMS, Data, show, show_all
from praxi_airflow.web.data import LINES, Audit, AuditReader, Audits
from praxi_airflow.web.lists import RUN, ListQuery, Window
from praxi_tasks.findings.report import Overview

_MOST: Final = 500
router = APIRouter(dependencies=[may_read])


class ChangesQuery(ListQuery):
    """Which two audits."""

    before: str = Field(
        "", max_length=250, pattern=RUN, description="The earlier run; the one before by default"
    )


@router.get("/changes", responses=FORMS)
async def changes(request: Request, query: Annotated[ChangesQuery, Query()]) -> Response:
    """Return what is new, gone, and changed its number of images between two audits."""
    return await show(
        request, "changes.html", partial(find_changes, query, query.window(request)), query.audit
    )


@router.get("/audits", responses=FORMS)
async def audits(request: Request) -> Response:
    """Return the audits that the history knows, and those that go on."""
    return await show_all(request, "audits.html", find_audits)


def find_changes(query: ChangesQuery, window: Window, audit: Audit) -> Data:
    """Return the causes that only one of two audits has, and the images that only one has."""
    del window
    known = {"days": [row for row in _past(audit.audits) if row["run"] != audit.overview.run]}
    before = _before(query, audit)
    if before is None:
        return {**known, "before": None, "rows": [], "images": {"added": [], "removed": []}}
    other = audit.other(before)
    rows = audit.rows(
        f"""SELECT CASE WHEN old.kind IS NULL THEN 'new' WHEN now.kind IS NULL THEN 'gone' ELSE 'changed'
            END AS change,
        coalesce(now.kind, old.kind) AS kind, coalesce(now.id, old.id) AS id,
        coalesce(now.subject, old.subject) AS subject, coalesce(now.title, old.title) AS title,
        coalesce(now.rank, old.rank) AS rank, coalesce(now.images, 0) AS images, coalesce(old.images, 0) AS
            images_before
        FROM (SELECT * FROM causes WHERE NOT set_aside) now
        FULL JOIN (SELECT * FROM {other}.causes WHERE NOT set_aside) old
            ON now.kind = old.kind AND now.id = old.id AND now.subject = old.subject
        WHERE now.kind IS NULL OR old.kind IS NULL OR now.images <> old.images
        ORDER BY list_position(['new', 'gone', 'changed'], change), rank, images DESC, id"""
    )
    counts = {change: sum(row["change"] == change for row in rows) for change in ("new", "gone", "changed")}
    return {
        **known,
        "before": {"run": before.run, "at": before.at, "images": before.images},
        "counts": counts,
        "rows": rows[:_MOST],
        "images": {
            "count": audit.overview.images,
            "added": _only(audit, "images", f"{other}.images"),
            "removed": _only(audit, f"{other}.images", "images"),
        },
    }


def find_audits(reader: AuditReader) -> Data:
    """Return all audits, the newest first."""
    return {
        "rows": _past(reader.audits),
        "running": [vars(run) for run in reader.audits.running()],
    }


def _past(audits: Audits) -> list[Data]:
    """Return the audits of all lines, the newest first."""
    past = [one for line in LINES for one in audits.listed(line)]
    return [{"run": one.run, "at": one.at, "line": one.line} for one in sorted(past, reverse=True)[:_MOST]]


def _before(query: ChangesQuery, audit: Audit) -> Overview | None:
    """Return the earlier audit that is asked for; instead of an audit itself, the one before it."""
    if query.before and query.before != audit.overview.run:
        return audit.audits.overview(query.before)
    return next(audit.audits.before(audit.overview, 1), None)


def _only(audit: Audit, here: str, not_there: str) -> list[str]:
    found = audit.rows(
        f"""SELECT image FROM {here} ANTI JOIN {not_there} other USING (image, cluster)
        ORDER BY image LIMIT ?""",
        [_MOST],
    )
    return [row["image"] for row in found]
