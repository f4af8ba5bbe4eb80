"""The report as Parquet tables, for people who query: ``images``, ``layers`` and ``releases``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from praxi_tasks.audit.reported import AuditReport

Row = dict[str, Any]

SCHEMAS: Final[dict[str, dict[str, str]]] = {
    "images": {
        "image": "VARCHAR",
        "digest": "VARCHAR",
        "platform": "VARCHAR",
        "state": "VARCHAR",
        "reason": "VARCHAR",
        "namespaces": "VARCHAR[]",
        "pods": "BIGINT",
        "first_seen": "TIMESTAMPTZ",
        "last_seen": "TIMESTAMPTZ",
        "warnings": "VARCHAR[]",
    },
    "layers": {
        "image_digest": "VARCHAR",
        "position": "INTEGER",
        "digest": "VARCHAR",
        "unexplained_files": "BIGINT",
    },
    "releases": {
        "image_digest": "VARCHAR",
        "layer": "VARCHAR",
        "purl": "VARCHAR",
        "versions": "VARCHAR[]",
        "confidence": "DOUBLE",
        "source": "VARCHAR",
        "evidence": "VARCHAR[]",
    },
}


def parquet_tables(report: AuditReport) -> Iterator[tuple[str, bytes]]:
    """Yield each table's name and its Parquet file, with the columns of :data:`SCHEMAS`."""
    rows = {"images": _images, "layers": _layers, "releases": _releases}
    with tempfile.TemporaryDirectory(prefix="praxi-tables-") as folder:
        for name, columns in SCHEMAS.items():
            yield name, _parquet(rows[name](report), columns, Path(folder) / name)


def _images(report: AuditReport) -> Iterator[Row]:
    for image in report.images:
        row = {column: getattr(image, column) for column in SCHEMAS["images"]}
        yield {**row, "first_seen": image.first_seen or None, "last_seen": image.last_seen or None}


def _layers(report: AuditReport) -> Iterator[Row]:
    for image in report.images:
        for position, layer in enumerate(report.layers_of(image)):
            yield {
                "image_digest": image.digest,
                "position": position,
                "digest": layer.digest,
                "unexplained_files": layer.unexplained.files,
            }


def _releases(report: AuditReport) -> Iterator[Row]:
    for image in report.images:
        for layer in report.layers_of(image):
            for release in layer.releases:
                yield {
                    "image_digest": image.digest,
                    "layer": layer.digest,
                    **msgspec.structs.asdict(release),
                }


def _parquet(rows: Iterator[Row], columns: dict[str, str], path: Path) -> bytes:
    """Let DuckDB write the file from JSON lines, which needs no second table library."""
    import duckdb

    lines, table = path.with_suffix(".jsonl"), path.with_suffix(".parquet")
    encoder = msgspec.json.Encoder()
    with lines.open("wb") as file:
        file.writelines(encoder.encode(row) + b"\n" for row in rows)
    with duckdb.connect(config={"threads": 1, "memory_limit": "300MB"}) as database:
        source = database.read_json(str(lines), columns=columns, format="newline_delimited")
        source.write_parquet(str(table), compression="zstd")
    return table.read_bytes()
