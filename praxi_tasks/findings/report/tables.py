"""The audit's Parquet tables, one for each of :data:`SCHEMAS`; see docs/tables.md."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import SEVERITIES
from praxi_tasks.findings.report.software import Seen, Software, software_rows
from praxi_tasks.inventory import Model
from praxi_tasks.printable import printable_tree

if TYPE_CHECKING:
    from arro3.core import Schema

Row = dict[str, Any]

# Of every table: column → type, in DuckDB's words. Every row also starts with the run it belongs to.
_UNSAFE: Final = re.compile(rb"[\\\x7f]")  # what JSON escapes, and the one control character that it leaves
_MODEL: Final = "model_"
SCHEMAS: Final[dict[str, dict[str, str]]] = {
    "images": {
        "run": "VARCHAR",
        "at": "TIMESTAMPTZ",
        "image": "VARCHAR",
        "digest": "VARCHAR",
        "platform": "VARCHAR",
        "state": "VARCHAR",
        "reason": "VARCHAR",
        "cluster": "VARCHAR",
        "namespaces": "VARCHAR[]",
        "pods": "BIGINT",
        "first_seen": "TIMESTAMPTZ",
        "last_seen": "TIMESTAMPTZ",
        "warnings": "VARCHAR[]",
        "files": "BIGINT",
        "unexplained": "BIGINT",
        "base": "VARCHAR",
        "base_digest": "VARCHAR",
        "base_layers": "INTEGER",
        "base_known_by": "VARCHAR",
        **dict.fromkeys(SEVERITIES, "BIGINT"),
    },
    "layers": {
        "run": "VARCHAR",
        "image": "VARCHAR",
        "cluster": "VARCHAR",
        "position": "INTEGER",
        "digest": "VARCHAR",
        "created_by": "VARCHAR",
    },
    "components": {
        "run": "VARCHAR",
        "image": "VARCHAR",
        "cluster": "VARCHAR",
        "purl": "VARCHAR",
        "ecosystem": "VARCHAR",
        "name": "VARCHAR",
        "versions": "VARCHAR[]",
        "sources": "VARCHAR[]",
        "confidence": "DOUBLE",
        "architecture": "VARCHAR",
        "source": "VARCHAR",
        "source_versions": "VARCHAR[]",
        "owner": "VARCHAR",
        "relation": "VARCHAR",
        "origin": "VARCHAR",
        "databases": "VARCHAR[]",
        "layers": "VARCHAR[]",
        "removed_by": "VARCHAR",
        "recovered": "BOOLEAN",
        "fingerprint_versions": "VARCHAR[]",
        "ties": "VARCHAR[]",
        "files": "BIGINT",
        "evidence": "VARCHAR[]",
        "licences": "VARCHAR[]",
        "model_format": "VARCHAR",
        "model_framework": "VARCHAR",
        "model_architecture": "VARCHAR",
        "model_quantisation": "VARCHAR",
        "model_parameters": "BIGINT",
        "model_pickles": "BIGINT",
    },
    "software": {
        "run": "VARCHAR",
        "ecosystem": "VARCHAR",
        "name": "VARCHAR",
        "version": "VARCHAR",
        "position": "INTEGER",
        "images": "BIGINT",
        "since": "TIMESTAMPTZ",
        "last_seen": "TIMESTAMPTZ",
    },
    "findings": {
        "run": "VARCHAR",
        "image": "VARCHAR",
        "cluster": "VARCHAR",
        "kind": "VARCHAR",
        "id": "VARCHAR",
        "title": "VARCHAR",
        "severity": "VARCHAR",
        "action": "VARCHAR",
        "aliases": "VARCHAR[]",
        "purl": "VARCHAR",
        "package": "VARCHAR",
        "fixed": "VARCHAR[]",
        "affected_if": "VARCHAR",
        "layer": "VARCHAR",
        "evidence": "VARCHAR[]",
        "sources": "VARCHAR[]",
        "confidence": "DOUBLE",
        "score": "DOUBLE",
        "epss": "DOUBLE",
        "exploited": "BOOLEAN",
        "since": "TIMESTAMPTZ",
        "is_new": "BOOLEAN",
        "ignored": "VARCHAR",
        "origin": "VARCHAR",
        "created_by": "VARCHAR",
        "packages": "VARCHAR[]",
        "due": "VARCHAR",
        "overdue": "BOOLEAN",
    },
    "declared": {
        "run": "VARCHAR",
        "image": "VARCHAR",
        "cluster": "VARCHAR",
        "lock_file": "VARCHAR",
        "layer": "VARCHAR",
        "purl": "VARCHAR",
        "installed": "BOOLEAN",
        "problem": "VARCHAR",
    },
    "coverage": {
        "run": "VARCHAR",
        "image": "VARCHAR",
        "cluster": "VARCHAR",
        "aspect": "VARCHAR",
        "subject": "VARCHAR",
        "state": "VARCHAR",
        "reason": "VARCHAR",
        "action": "VARCHAR",
        "packages": "VARCHAR[]",
    },
}


def parquet_tables(
    audit: AssessedAudit, known: Mapping[Software, Seen] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield each table's name and its Parquet file, with the columns of :data:`SCHEMAS`.

    Findings and coverage of the audit itself stand in their tables with an empty image.

    Parameters
    ----------
    known
        What the audit before remembers of software.
    """
    rows: dict[str, Callable[[AssessedAudit], Iterator[Row]]] = {
        "images": _images,
        "layers": _layers,
        "components": _components,
        "software": partial(software_rows, known=known or {}),
        "findings": _findings,
        "declared": _declared,
        "coverage": _coverage,
    }
    with tempfile.TemporaryDirectory(prefix="praxi-tables-") as folder:
        for name, columns in SCHEMAS.items():
            yield name, _parquet(rows[name](audit), columns, Path(folder) / name)


def _images(audit: AssessedAudit) -> Iterator[Row]:
    for image in audit.images:
        row = {**_columns(image, "images"), "run": audit.run, "at": audit.at}
        row["reason"] = image.reason or ""
        yield {
            **row,
            **_base(image),
            **_open(image),
            "first_seen": image.first_seen or None,
            "last_seen": image.last_seen or None,
        }


def _base(image: AssessedImage) -> Row:
    base = image.base
    if base is None:
        return dict.fromkeys(("base", "base_digest", "base_layers", "base_known_by"))
    return {
        "base": base.name or None,
        "base_digest": base.digest or None,
        "base_layers": base.layers or None,
        "base_known_by": base.known_by,
    }


def _open(image: AssessedImage) -> Row:
    """Return how many findings are open by severity; null where nothing is known about the image."""
    if image.failed:
        return dict.fromkeys(SEVERITIES)
    found = Counter(finding.severity for finding in image.open_findings)
    return {severity: found[severity] for severity in SEVERITIES}


def _layers(audit: AssessedAudit) -> Iterator[Row]:
    for image in audit.images:
        for position, digest in enumerate(image.layers):
            line = image.commands[position] if image.commands else None
            yield {**_key(audit, image), "position": position, "digest": digest, "created_by": line}


def _components(audit: AssessedAudit) -> Iterator[Row]:
    for image in audit.images:
        for component in image.components:
            yield {**_columns(component, "components"), **_model(component.model), **_key(audit, image)}


def _model(model: Model | None) -> Row:
    """Return the columns of a machine-learning model; empty ones of all else."""
    names = [name for name in SCHEMAS["components"] if name.startswith(_MODEL)]
    return {name: getattr(model, name.removeprefix(_MODEL), None) or None for name in names}


def _findings(audit: AssessedAudit) -> Iterator[Row]:
    about = AssessedImage("", findings=audit.findings)
    for image in (about, *audit.images):
        for finding in image.findings:
            yield {
                **_columns(finding, "findings"),
                **_key(audit, image),
                "score": finding.score if finding.score >= 0 else None,
                "epss": finding.epss if finding.epss >= 0 else None,
                "since": finding.since or audit.at,
                "is_new": audit.is_new(image, finding),
                "ignored": finding.ignored.reason if finding.ignored else None,
                "origin": finding.origin or None,
                "created_by": finding.created_by or None,
                "packages": [each.purl or each.package for each in finding.packages],
                "due": finding.due or None,
            }


def _declared(audit: AssessedAudit) -> Iterator[Row]:
    for image in audit.images:
        installed = {component.purl for component in image.components if component.present}
        for lock in image.declared:
            row = {**_columns(lock, "declared"), **_key(audit, image), "problem": lock.problem or None}
            for purl in lock.packages:
                yield {**row, "purl": purl, "installed": purl in installed}
            if not lock.packages:
                yield {**row, "purl": None, "installed": None}


def _coverage(audit: AssessedAudit) -> Iterator[Row]:
    about = AssessedImage("", coverage=audit.coverage)
    for image in (about, *audit.images):
        for line in image.coverage:
            yield {**_columns(line, "coverage"), **_key(audit, image)}


def _key(audit: AssessedAudit, image: AssessedImage) -> Row:
    """Return the columns that join the tables."""
    return {"run": audit.run, "image": image.image, "cluster": image.cluster}


def _columns(record: object, table: str) -> Row:
    return {name: getattr(record, name) for name in SCHEMAS[table] if hasattr(record, name)}


def _parquet(rows: Iterator[Row], columns: dict[str, str], path: Path) -> bytes:
    """Let Arrow write the file from JSON lines, a few thousand rows at a time."""
    from arro3.io import read_json, write_parquet

    lines, table = path.with_suffix(".jsonl"), path.with_suffix(".parquet")
    encoder = msgspec.json.Encoder()
    with lines.open("wb") as file:
        file.writelines(_line(encoder, row) + b"\n" for row in rows)
    write_parquet(read_json(lines, _schema(columns), batch_size=4096), table, compression="zstd(3)")
    return table.read_bytes()


def _line(encoder: msgspec.json.Encoder, row: Row) -> bytes:
    """Return a row as JSON with its texts printable: who queries a table sees them in a terminal."""
    line = encoder.encode(row)
    if line.isascii() and not _UNSAFE.search(line):
        return line
    return encoder.encode(printable_tree(row))


def _schema(columns: dict[str, str]) -> Schema:
    from arro3.core import DataType, Field, Schema

    types = {
        "BIGINT": DataType.int64(),
        "BOOLEAN": DataType.bool(),
        "DOUBLE": DataType.float64(),
        "INTEGER": DataType.int32(),
        "TIMESTAMPTZ": DataType.timestamp("us", tz="UTC"),
        "VARCHAR": DataType.string(),
        "VARCHAR[]": DataType.list(Field("item", DataType.string(), nullable=True)),
    }
    return Schema([Field(name, types[kind], nullable=True) for name, kind in columns.items()])
