"""``GET /praxi/``: what was not seen, what is wrong, what changed, and what is going on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from airflow.sdk import conf
from fastapi import APIRouter, Request, Response

from praxi_airflow.run_key import run_id_of
from praxi_airflow.settings import LinkSettings, load_settings
from praxi_airflow.web.access import may_read
from praxi_airflow.web.answers import FORMS, Data, show
from praxi_airflow.web.data import Audit, Row
from praxi_airflow.web.lists import AuditQuery
from praxi_airflow.web.model_ages import age_of
from praxi_tasks.findings import KINDS, SEVERITIES
from praxi_tasks.findings.report import Overview

_MOST: Final = 8
_RUNS: Final = frozenset({"dag", "manual", "backfill"})
"""The lines of audits that are runs in Airflow."""
router = APIRouter(dependencies=[may_read])


@router.get("/", responses=FORMS)
async def overview(request: Request, audit: AuditQuery = "") -> Response:
    """Return the newest complete audit, or another, at a glance."""
    return await show(request, "overview.html", about, audit)


def about(audit: Audit) -> Data:
    """Return what the page shows."""
    overview = audit.overview
    return {
        "coverage": _coverage(audit),
        "images": audit.rows("SELECT state, count(*) AS count FROM images GROUP BY state ORDER BY state"),
        "open": _open(audit),
        "namespaces": _namespaces(audit),
        "trend": _trend(overview),
        "changes": _changes(audit),
        "feeds": [
            {"name": feed.called, "age_days": feed.age_days if feed.has_age else None, "newest": feed.newest}
            for feed in overview.feeds
        ],
        "notes": [
            {"severity": note.severity, "title": note.title, "action": note.action}
            for note in overview.findings
        ],
        "model": _model(overview),
        "running": [vars(run) for run in audit.audits.running()],
        "elsewhere": _elsewhere(overview, load_settings().links),
    }


def _coverage(audit: Audit) -> Data:
    """Return how many images were looked at, and what was not, what concerns most images first."""
    looked = audit.row(
        """SELECT count(*)::INTEGER AS images, (count(*) FILTER (state = 'failed'))::INTEGER AS failed,
        (count(*) FILTER (state <> 'failed' AND unchecked > 0))::INTEGER AS unchecked,
        (count(*) FILTER (state <> 'failed' AND unchecked = 0 AND partly > 0))::INTEGER AS partly
        FROM images"""
    )
    gaps = audit.rows(
        """SELECT aspect, subject, state, any_value(reason) AS reason, any_value(action) AS action,
        count(DISTINCT image_id)::INTEGER AS images FROM coverage
        WHERE state <> 'checked' AND image_id IS NOT NULL GROUP BY aspect, subject, state
        ORDER BY state, images DESC, aspect, subject"""
    )
    own = [
        {"aspect": str(gap.aspect), "subject": gap.subject, "state": str(gap.state), "reason": gap.reason,
         "action": gap.action, "images": None}
        for gap in audit.overview.coverage if gap.is_gap
    ]  # fmt: skip
    whole = looked["images"] - looked["failed"] - looked["unchecked"] - looked["partly"]
    return {**looked, "checked": whole, "gaps": (own + gaps)[:_MOST], "gaps_count": len(own) + len(gaps)}


def _open(audit: Audit) -> Data:
    """Return how many causes are open, by severity and by kind, as the lists that they lead to count."""
    rows = audit.rows(
        "SELECT rank, kind, count(*)::INTEGER AS count FROM causes WHERE NOT set_aside GROUP BY rank, kind"
    )
    severities, kinds = Counter[str](), Counter[str]()
    for row in rows:
        severities[SEVERITIES[row["rank"]]] += row["count"]
        kinds[row["kind"]] += row["count"]
    return {
        "severities": {name: severities[name] for name in SEVERITIES},
        "kinds": [{"kind": kind, "count": kinds[kind]} for kind in KINDS if kinds[kind]],
    }


def _namespaces(audit: Audit) -> list[Row]:
    return audit.rows(
        """SELECT namespace, count(*)::INTEGER AS images, sum(critical)::INTEGER AS critical,
        sum(high)::INTEGER AS high, sum(overdue)::INTEGER AS overdue
        FROM (SELECT unnest(namespaces) AS namespace, * FROM images)
        GROUP BY namespace ORDER BY critical DESC, high DESC, namespace LIMIT ?""",
        [_MOST],
    )


def _trend(overview: Overview) -> Data:
    """Return the open findings of the last audits: times in seconds, and a line for each severity."""
    points = overview.trend
    return {
        "times": [int(datetime.fromisoformat(point.at).timestamp()) for point in points],
        "series": [
            {"label": name, "tone": name, "values": [point.severities.get(name, 0) for point in points]}
            for name in SEVERITIES[:-1]
        ],
    }


def _changes(audit: Audit) -> Data:
    """Return what is new since the audit before, the worst first, and what is gone."""
    overview = audit.overview
    wanted = "FROM causes WHERE fresh AND NOT set_aside"
    fresh = audit.rows(f"SELECT * {wanted} ORDER BY rank, images DESC, id LIMIT ?", [_MOST])
    count = audit.row(f"SELECT count(*) AS count {wanted}")["count"]
    return {
        "since": _since(audit),
        "new": fresh,
        "new_count": count,
        "resolved": [_resolved(one) for one in overview.resolved[:_MOST]],
        "resolved_count": overview.resolved_count,
    }


def _since(audit: Audit) -> str:
    """Return when the audit before was, also where the report was made again; empty without one."""
    overview = audit.overview
    if overview.before != overview.at:
        return overview.before
    earlier = next(audit.audits.before(overview, 1), None)
    return earlier.at if earlier else ""


def _resolved(one: Any) -> Row:
    kind, _, rest = one.key.partition("|")
    identifier, _, package = rest.partition("|")
    return {"image": one.image, "kind": kind, "id": identifier, "package": package, "since": one.since,
            "severity": one.severity}  # fmt: skip


def _elsewhere(overview: Overview, links: LinkSettings) -> list[Data]:
    """Return what other pages know of this audit: those of Airflow, and of servers that settings name."""
    run = run_id_of(overview.run) if overview.scope.line in _RUNS else ""
    pages = (
        ("The run in Airflow", f"{_airflow()}/dags/praxi_audit/runs/{quote(run, safe='')}" if run else ""),
        ("Its trace", links.trace(overview.trace)),
        ("The model in MLflow", links.models_url),
        ("The model as it is served", links.serving_url),
        ("Dashboards", links.dashboards_url),
    )
    return [{"name": name, "href": address} for name, address in pages if address]


def _airflow() -> str:
    return (conf.get("api", "base_url", fallback="") or "").rstrip("/")


def _model(overview: Overview) -> Data:
    health, age = overview.health, age_of(overview.model_version)
    return {
        "name": overview.model,
        "version": overview.model_version,
        "problem": overview.model_problem,
        "trained": age.trained,
        "promoted": age.promoted,
        "explained": 1 - health.unexplained / health.files if health.files else None,
        "confidence": health.confidence / health.recognised if health.recognised else None,
    }
