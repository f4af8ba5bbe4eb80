"""The documentation's examples are valid, and its tables say what the code says."""

from __future__ import annotations

import itertools
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from praxi_airflow.settings import FindingSettings
from praxi_tasks.findings import KINDS, SEVERITIES, parse_policy
from praxi_tasks.findings.detectors import DETECTORS
from praxi_tasks.findings.report.tables import SCHEMAS

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "findings.md").read_text()
NAME = re.compile(r"`([a-z_-]+)`")
POLICY, ALERTMANAGER = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_policy_is_valid() -> None:
    policy = parse_policy(POLICY.encode())
    assert policy.team(["shop-eu"], "high") == "shop"
    assert (len(policy.ignore), len(policy.fail)) == (1, 5)


@pytest.mark.needs("amtool")
def test_the_example_for_alertmanager_is_valid(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(ALERTMANAGER)
    ended = subprocess.run(
        ["amtool", "check-config", tmp_path / "alertmanager.yml"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def rows(name: str, heading: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is given, without the heading."""
    lines = (DOCS / name).read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    body = itertools.takewhile(lambda line: line.startswith("|"), lines[first + 2 :])
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def test_the_table_of_kinds_says_what_the_detectors_say() -> None:
    assert rows("findings.md", "kind") == [
        [f"`{detector.kind}`", detector.summary, detector.default_severity] for detector in DETECTORS
    ]


def test_every_kind_has_a_detector_or_is_about_the_audit() -> None:
    assert {detector.kind for detector in DETECTORS} | {"policy", "feed"} == set(KINDS)


def test_the_table_of_settings_has_each_once() -> None:
    named = [name for cells in rows("findings.md", "setting in `[praxi]`") for name in NAME.findall(cells[0])]
    assert sorted(named) == sorted(field.name for field in fields(FindingSettings))


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_tables_are_documented_with_their_types(table: str) -> None:
    text = (DOCS / "tables.md").read_text().partition(f"\n## {table}\n")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` \| `([A-Z\[\]]+)` \|", text, re.MULTILINE)
    assert documented == [*SCHEMAS[table].items()]


def test_the_findings_table_names_every_kind_and_severity() -> None:
    text = (DOCS / "tables.md").read_text().partition("\n## findings\n")[2]
    cells = {line.split("|")[1].strip(" `"): line.split("|")[3] for line in text.splitlines() if "|" in line}
    assert NAME.findall(cells["kind"]) == list(KINDS)
    assert NAME.findall(cells["severity"]) == list(SEVERITIES)
