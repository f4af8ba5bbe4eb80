"""What an audit remembers of software: versions in their order, and since when they are there."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from praxi_tasks.audit.publish import published, software_of
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.software import Seen, known_software, software_rows
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.store import keys, open_store

DAY = "2026-11-20T00:00:00+00:00"


def component(version: str, ecosystem: str = "pypi", **fields: object) -> Component:
    made = Component(
        ecosystem, "flask", (version,) if version else (), f"pkg:{ecosystem}/flask", ("inventory",)
    )
    return msgspec.structs.replace(made, **fields)


def audit(*components: Component, at: str = DAY) -> AssessedAudit:
    images = (AssessedImage("a:1", components=components), AssessedImage("b:1", components=components[:1]))
    return AssessedAudit("r", at, "", "", images)


def test_versions_stand_in_their_ecosystems_order() -> None:
    found = audit(*map(component, ("1.10", "1.9", "1.9rc1", "", "no version")))
    rows = {row["version"]: (row["position"], row["images"]) for row in software_rows(found, {})}
    assert rows == {"1.9rc1": (0, 1), "1.9": (1, 1), "1.10": (2, 2), "": (None, 1), "no version": (None, 1)}


@pytest.mark.parametrize("versions", [("1.0", "1.0.0", "1"), ("1", "1.0.0", "1.0")])
def test_versions_that_are_equal_are_in_one_order(versions: tuple[str, ...]) -> None:
    rows = [row["version"] for row in software_rows(audit(*map(component, versions)), {})]
    assert rows == ["1", "1.0", "1.0.0"]


def test_what_was_removed_is_not_there_and_each_tie_is() -> None:
    tied = component("1", versions=("1", "2"))
    gone = component("3", removed_by="sha256:x")
    assert [row["version"] for row in software_rows(audit(tied, gone), {})] == ["1", "2"]


def test_what_is_there_keeps_its_day_and_what_was_is_remembered_for_a_month() -> None:
    known = {
        ("pypi", "flask", "1"): Seen("2026-01-01T00:00:00+00:00", "2026-11-19T00:00:00+00:00"),
        ("pypi", "flask", "2"): Seen("2026-02-01T00:00:00+00:00", "2026-10-21T00:00:00+00:00"),
        ("pypi", "flask", "3"): Seen("2026-03-01T00:00:00+00:00", "2026-10-20T00:00:00+00:00"),
    }
    rows = {row["version"]: row for row in software_rows(audit(component("1"), component("4")), known)}
    assert {version: (row["since"][:10], row["images"]) for version, row in rows.items()} == {
        "1": ("2026-01-01", 2),
        "2": ("2026-02-01", 0),
        "4": ("2026-11-20", 1),
    }
    assert rows["2"]["last_seen"] == "2026-10-21T00:00:00+00:00"


def test_a_table_is_what_the_next_audit_knows() -> None:
    table = dict(parquet_tables(audit(component("1"))))["software"]
    known = known_software(table)
    assert known == {("pypi", "flask", "1"): Seen(DAY, DAY)}
    later = audit(component("1"), at="2026-11-21T00:00:00+00:00")
    again = known_software(dict(parquet_tables(later, known))["software"])
    assert again == {("pypi", "flask", "1"): Seen(DAY, "2026-11-21T00:00:00+00:00")}


def test_only_a_table_that_the_run_wrote_is_read(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    for name, data in published(audit(component("1"))):
        assert isinstance(data, bytes)
        store.replace(keys.run("r", name), data)
    table = software_of(store, "r")
    assert table is not None
    assert known_software(table) == {("pypi", "flask", "1"): Seen(DAY, DAY)}
    assert software_of(store, None) is software_of(store, "never") is None
    store.replace(keys.run("r", "tables/software.parquet"), b"PAR1" + table)
    assert software_of(store, "r") is None
