"""Audits in a store, as a run leaves their tables, and what asks the pages about them."""

from __future__ import annotations

import time
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.findings.assessment.history import History, remember
from praxi_tasks.findings.policy import Route
from praxi_tasks.findings.report import OVERVIEW, TableFile, overview_of, parquet_tables
from praxi_tasks.store import Store, documents, keys

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)>'


def put_audit(store: Store, audit: AssessedAudit, *routes: Route) -> None:
    """Store what the pages read of an audit."""
    tables = {}
    for name, data in parquet_tables(audit):
        store.replace(keys.run(audit.run, f"tables/{name}.parquet"), data)
        tables[name] = TableFile.of(data)
    documents.write(store, keys.run(audit.run, OVERVIEW), overview_of(audit, routes, tables))
    History(store, audit.scope.line).add(remember(audit))


def get(pages: TestClient, path: str, **asked: Any) -> Response:
    """Return a page once its audit's tables are ready."""
    for _ in range(600):
        answer: Response = pages.get(path, params=asked)
        if answer.status_code != 202:
            return answer
        time.sleep(0.1)
    raise AssertionError("the tables were not ready within a minute")


def data_of(pages: TestClient, path: str, **asked: Any) -> dict[str, Any]:
    """Return a page's data."""
    answer = get(pages, path, format="json", **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
