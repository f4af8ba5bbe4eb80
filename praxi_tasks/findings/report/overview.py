"""An audit in a few kilobytes: what it says of itself as a whole, and which tables it left.

It is the last of a run's documents to be written. Where it is, the audit is complete, and its tables are
those whose hashes stand in it: so who keeps copies of tables knows which are current without reading them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, Self

import msgspec

from praxi_tasks.findings.assessment import AssessedAudit, ModelHealth, Resolved, TrendPoint
from praxi_tasks.findings.coverage import Coverage
from praxi_tasks.findings.feeds import FeedHealth
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.policy import Route
from praxi_tasks.findings.scope import Scope
from praxi_tasks.tracing import trace_ids

OVERVIEW: Final = "overview.json"
"""The document's name among those of its run."""
_MOST_RESOLVED: Final = 500


class TableFile(msgspec.Struct, frozen=True):
    """One Parquet file: its sha256 in hexadecimal, and its bytes."""

    sha256: str
    size: int

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return the description of a file with these bytes."""
        return cls(hashlib.sha256(data).hexdigest(), len(data))


class Overview(msgspec.Struct, frozen=True):
    """What of an :class:`~praxi_tasks.findings.assessment.AssessedAudit` is of no image alone.

    Fields are the audit's of the same name. ``images`` counts, ``resolved`` is cut after 500 of
    ``resolved_count``, ``routes`` are the policy's, which say whose a namespace is; ``tables`` are the files
    below ``tables/``, by name without ``.parquet``; ``trace`` is the id of the trace of the audit's run, in
    hexadecimal, empty where none was recorded.
    """

    run: str
    at: str
    interval: str
    model: str
    model_version: str
    model_problem: str
    before: str
    scope: Scope
    clusters: tuple[str, ...]
    images: int
    feeds: tuple[FeedHealth, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    trend: tuple[TrendPoint, ...]
    health: ModelHealth
    resolved: tuple[Resolved, ...]
    resolved_count: int
    routes: tuple[Route, ...]
    tables: dict[str, TableFile]
    trace: str = ""


def overview_of(audit: AssessedAudit, routes: tuple[Route, ...], tables: Mapping[str, TableFile]) -> Overview:
    """Return the overview of an audit that left these tables."""
    same = ("run", "at", "interval", "model", "model_version", "model_problem", "before", "scope", "clusters")
    more = ("feeds", "findings", "coverage", "trend", "health")
    return Overview(
        **{name: getattr(audit, name) for name in (*same, *more)},
        images=len(audit.images),
        resolved=audit.resolved[:_MOST_RESOLVED],
        resolved_count=len(audit.resolved),
        routes=routes,
        tables=dict(tables),
        trace=trace_ids().get("trace_id", ""),
    )
