"""A made-up audit of any size in a store: the tables that pages read, and its overview."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from praxi_tasks.findings.assessment import ModelHealth, TrendPoint
from praxi_tasks.findings.policy import Route
from praxi_tasks.findings.report import OVERVIEW, SCHEMAS, Overview, TableFile
from praxi_tasks.findings.scope import Scope
from praxi_tasks.store import Store, documents, keys

RUN: Final = "scheduled__2026-11-28"
AT: Final = "2026-11-28T00:00:00+00:00"
PACKAGES: Final = 20_000

# Columns that are not named here are null, or empty where they are lists.
_ROWS: Final[dict[str, dict[str, str]]] = {
    "images": {
        "at": f"TIMESTAMPTZ '{AT}'",
        "digest": "'sha256:' || sha256(image)",
        "platform": "CASE i % 5 WHEN 0 THEN 'linux/arm64' ELSE 'linux/amd64' END",
        "state": "CASE WHEN i % 97 = 0 THEN 'failed' WHEN i % 3 = 0 THEN 'cached' ELSE 'audited' END",
        "reason": "CASE WHEN i % 97 = 0 THEN 'the registry says 404' ELSE '' END",
        "namespaces": "['team-' || (i % 40)]",
        "pods": "i % 9 + 1",
        "first_seen": f"TIMESTAMPTZ '{AT}' - INTERVAL 1 DAY",
        "last_seen": f"TIMESTAMPTZ '{AT}'",
        "files": "20000",
        "unexplained": "i % 500",
        "base": "'debian:' || (10 + i % 4)",
        "base_layers": "1",
        "base_known_by": "'declared'",
        "critical": "i % 7",
        "high": "i % 20",
        "medium": "i % 40",
    },
    "layers": {
        "position": "j",
        "digest": "'sha256:' || sha256(i % 50 || '/' || j)",
        "created_by": "'RUN step ' || j",
    },
    "components": {
        "ecosystem": "CASE p % 4 WHEN 0 THEN 'deb' WHEN 1 THEN 'pypi' WHEN 2 THEN 'npm' ELSE 'maven' END",
        "name": "'package-' || p",
        "versions": "['1.' || (hash(i, p) % 6)]",
        "purl": "'pkg:generic/package-' || p || '@1.' || (hash(i, p) % 6)",
        "sources": "['inventory', 'fingerprint']",
        "confidence": "1.0 - (p % 10) / 20.0",
        "architecture": "'amd64'",
        "source": "'package-' || p",
        "owner": "''",
        "databases": "['var/lib/dpkg/status']",
        "layers": "['sha256:' || sha256((i % 50) || '/' || (j % 6))]",
        "removed_by": "''",
        "recovered": "false",
        "files": "j % 300",
        "evidence": "['usr/lib/package-' || p || '/a', 'usr/share/doc/package-' || p || '/copyright']",
        "licences": "['MIT']",
    },
    "software": {
        "ecosystem": "CASE i % 4 WHEN 0 THEN 'deb' WHEN 1 THEN 'pypi' WHEN 2 THEN 'npm' ELSE 'maven' END",
        "name": "'package-' || i",
        "version": "'1.' || j",
        "position": "j",
        "images": "1",
        "since": f"TIMESTAMPTZ '{AT}' - INTERVAL 1 DAY * (i % 90)",
        "last_seen": f"TIMESTAMPTZ '{AT}'",
    },
    "findings": {
        "kind": "CASE WHEN j % 10 = 0 THEN 'hidden' ELSE 'vulnerable' END",
        "id": "CASE WHEN j % 10 = 0 THEN 'PRAXI-HIDDEN' ELSE 'CVE-2026-' || (p % 9000) END",
        "title": "'something is wrong with package-' || p",
        "severity": "(['critical', 'high', 'high', 'medium', 'medium', 'unknown', 'low', 'info'])[p % 8 + 1]",
        "action": "'upgrade package-' || p || ' to 2.0'",
        "purl": "'pkg:pypi/package-' || p || '@1.0'",
        "package": "'pypi/package-' || p",
        "fixed": "['2.0']",
        "layer": "'sha256:' || sha256((i % 50) || '/' || (j % 6))",
        "evidence": "['usr/lib/package-' || p]",
        "sources": "['inventory']",
        "confidence": "1.0",
        "score": "(p % 100) / 10.0",
        "epss": "(p % 1000) / 1000.0",
        "exploited": "p % 400 = 0",
        "since": f"TIMESTAMPTZ '{AT}' - INTERVAL 1 DAY * (p % 90)",
        "is_new": "p % 50 = 0",
        "origin": "CASE WHEN j % 6 = 0 THEN 'base' ELSE 'own' END",
        "overdue": "p % 30 = 0",
    },
    "coverage": {
        "aspect": "(['vulnerabilities', 'outdated', 'knowledge', 'licences'])[j + 1]",
        "subject": "'debian-12'",
        "state": "CASE WHEN (i + j) % 9 = 0 THEN 'not-checked' ELSE 'checked' END",
        "reason": "'no feed has its advisories'",
        "action": "'mirror one'",
    },
}
_PER_IMAGE: Final = {
    "images": 1,
    "layers": 6,
    "components": 2_000,
    "findings": 120,
    "coverage": 4,
    "software": 6,
}


def make_audit(store: Store, folder: Path, images: int, components: int, run: str = RUN) -> Overview:
    """Put an audit of so many images into a store, with so many rows of components altogether."""
    counts = {**_PER_IMAGE, "components": components // images}
    tables = {}
    for name in _ROWS:
        columns, rows = SCHEMAS[name], PACKAGES if name == "software" else images
        path = folder / f"{name}.parquet"
        selected = ", ".join(
            f'{_value(name, column, kind)} AS "{column}"' for column, kind in columns.items()
        )
        duckdb.execute(
            f"""COPY (SELECT {selected} FROM (
                SELECT i, j, (hash(i, j) % {PACKAGES})::BIGINT AS p,
                    'registry.example.com/shop/app-' || i || ':1.4' AS image
                FROM range({rows}) a(i), range({counts[name]}) b(j)
            )) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        data = path.read_bytes()
        tables[name] = TableFile.of(data)
        store.replace(keys.run(run, f"tables/{name}.parquet"), data)
        path.unlink()
    overview = Overview(
        run=run, at=AT, interval="", model="starter", model_version="3", model_problem="", before="",
        scope=Scope(kind="scheduled"), clusters=("",), images=images, feeds=(), findings=(), coverage=(),
        trend=(TrendPoint(AT, images, {"high": 40}, {"vulnerable": 40}),), health=ModelHealth(), resolved=(),
        resolved_count=0, routes=(Route(("team-*",), "shop"),), tables=tables,
    )  # fmt: skip
    documents.write(store, keys.run(run, OVERVIEW), overview)
    store.replace(keys.history_entry("dag", AT, run), msgspec.json.encode({}))
    return overview


def _value(table: str, column: str, kind: str) -> str:
    known: dict[str, Any] = {"run": f"'{RUN}'", "image": "image", "cluster": "''", **_ROWS[table]}
    if column in known:
        return f"({known[column]})::{kind}"
    return "[]::VARCHAR[]" if kind.endswith("[]") else f"NULL::{kind}"
