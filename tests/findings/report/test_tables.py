from __future__ import annotations

import re
import tempfile
from pathlib import Path

import duckdb
import pytest

from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.packages.component import INVENTORY, Component
from praxi_tasks.findings.packages.declaration import Declaration
from praxi_tasks.findings.report.tables import SCHEMAS, parquet_tables
from tests.findings.audits import COVERAGE, large_audit

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def audit() -> AssessedAudit:
    return large_audit(20, 400, components=10)


@pytest.fixture(scope="module")
def database(audit: AssessedAudit, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    folder = tmp_path_factory.mktemp("tables")
    for name, data in parquet_tables(audit):
        (folder / f"{name}.parquet").write_bytes(data)
        connection.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
    return connection


def test_every_row_is_there(audit: AssessedAudit, database: duckdb.DuckDBPyConnection) -> None:
    counts = {name: database.table(name).count("*").fetchall()[0][0] for name in SCHEMAS}
    assert counts == {
        "images": 20,
        "layers": 120,
        "components": 200,
        "software": 200,
        "findings": 401,
        "declared": 0,
        "coverage": 2 + 20 * len(COVERAGE),
    }


def test_tables_can_be_asked(audit: AssessedAudit, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT i.image, count(*) FROM findings f JOIN images i USING (run, image)
        WHERE f.severity = 'critical' AND f.ignored IS NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
    """
    image, count = database.sql(query).fetchall()[0]
    wanted = next(item for item in audit.images if item.image == image)
    assert count == sum(finding.severity == "critical" for finding in wanted.open_findings)


def test_what_is_new_and_unscored_is_told(audit: AssessedAudit, database: duckdb.DuckDBPyConnection) -> None:
    new = database.sql("SELECT count(*) FROM findings WHERE is_new").fetchall()[0][0]
    assert new == sum(audit.is_new(image, finding) for image in audit.images for finding in image.findings)
    assert database.sql("SELECT min(score) FROM findings").fetchall()[0][0] >= 0


def test_what_lock_files_name_is_in_a_table_of_its_own() -> None:
    flask = Component("pypi", "flask", ("3.0.0",), "pkg:pypi/flask@3.0.0", (INVENTORY,))
    locks = (
        Declaration("uv.lock", "sha256:1", 2, ("pkg:pypi/flask@3.0.0", "pkg:pypi/six@1.16.0")),
        Declaration("yarn.lock", "sha256:1", problem="it is damaged"),
    )
    image = AssessedImage("app:1", components=(flask,), declared=locks)
    tables = dict(parquet_tables(AssessedAudit("r", "2026-11-20", "", "", (image,))))
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(tables["declared"])
        file.flush()
        found = duckdb.read_parquet(file.name)
        rows = found.select("lock_file", "purl", "installed", "problem").fetchall()
    assert rows == [
        ("uv.lock", "pkg:pypi/flask@3.0.0", True, None),
        ("uv.lock", "pkg:pypi/six@1.16.0", False, None),
        ("yarn.lock", None, None, "it is damaged"),
    ]


def test_an_empty_audit_has_empty_tables() -> None:
    assert {name for name, _ in parquet_tables(AssessedAudit("r", "2026-11-20", "", "", ()))} == set(SCHEMAS)


def test_every_column_is_documented() -> None:
    text = (ROOT / "docs/tables.md").read_text()
    for table, columns in SCHEMAS.items():
        section = text.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \| `([A-Z\[\]]+)` \|", section, re.MULTILINE) == list(columns.items())


def test_what_was_not_checked_can_be_asked(database: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT aspect, subject, count(*) FROM coverage WHERE state = 'not-checked' GROUP BY ALL"
    assert database.sql(query).fetchall() == [("vulnerabilities", "debian-12", 20)]
    about = database.sql("SELECT aspect, state FROM coverage WHERE image = ''").fetchall()
    assert about == [("images", "checked"), ("knowledge", "checked")]


def test_no_control_character_is_in_a_table(tmp_path: Path) -> None:
    odd = "x\x1b[2J\x7f\x9b\u202e\n\N{GREEK SMALL LETTER ALPHA}"
    image = AssessedImage(odd, namespaces=(odd,), cluster=odd, warnings=(odd,))
    tables = dict(parquet_tables(AssessedAudit("r", "2026-11-20", "", "", (image,))))
    (tmp_path / "images.parquet").write_bytes(tables["images"])
    query = "SELECT image, cluster, namespaces[1], warnings[1] FROM read_parquet(?)"
    (row,) = duckdb.execute(query, [str(tmp_path / "images.parquet")]).fetchall()
    assert set(row) == {"x\\x1b[2J\\x7f\\x9b\\u202e\\n\N{GREEK SMALL LETTER ALPHA}"}
