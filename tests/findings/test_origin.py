"""Whose layers brought findings in, by which line of the history, and what to do about each package."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from rich.console import Console

from praxi_tasks.findings import Finding, FoundPackage, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import advice
from praxi_tasks.findings.origin import BaseImage, origin_message, with_origin
from praxi_tasks.findings.report.cyclonedx import to_cyclonedx
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.findings.report.sarif import to_sarif
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.findings.report.terminal import findings_table
from praxi_tasks.notify.changes import change_message
from tests.findings.audits import AT

LAYERS = ("sha256:1", "sha256:2", "sha256:3")
LINES = ("ADD rootfs.tar / # buildkit", "RUN apt-get install curl", "COPY venv /opt/venv # buildkit")
PYTHON = BaseImage("python:3.12", "sha256:9", 2, "declared")
CURL = Finding(
    "vulnerable", "CVE-1", "curl 7.1: reads too far", "high", action="upgrade to 7.2", layer=LAYERS[1],
    purl="pkg:deb/debian/curl@7.1", package="deb/curl", fixed=("7.2",),
)  # fmt: skip
LIBCURL = msgspec.structs.replace(
    CURL, title="libcurl 8.1: reads too far", action="upgrade to 8.2", purl="pkg:deb/debian/libcurl@8.1",
    package="deb/libcurl", fixed=("8.2",), layer=LAYERS[2],
)  # fmt: skip
HIDDEN = Finding(
    "hidden", "PRAXI-HIDDEN", "2 packages are in /opt/venv and no package database knows them", "medium",
    package="pypi//opt/venv", layer=LAYERS[2],
    packages=(FoundPackage("pypi/flask", "flask 1", "pkg:pypi/flask@1"), FoundPackage("pypi/rich", "rich 2")),
)  # fmt: skip
IMAGE = AssessedImage(
    "shop:1", layers=LAYERS, commands=LINES, base=PYTHON,
    findings=with_origin((CURL, LIBCURL, HIDDEN), LAYERS, LINES, PYTHON),
)  # fmt: skip
AUDIT = AssessedAudit(
    "r", AT, "", "m", (IMAGE,), new=frozenset({("shop:1", CURL.key), ("shop:1", HIDDEN.key)})
)


def test_a_finding_is_of_the_base_or_of_the_images_own_layers() -> None:
    assert [(one.origin, one.created_by) for one in IMAGE.findings] == [
        ("base", LINES[1]),
        ("own", LINES[2]),
        ("own", LINES[2]),
    ]


def test_what_is_not_known_is_not_said() -> None:
    def origins(*args: Any) -> list[tuple[str, str]]:
        return [(one.origin, one.created_by) for one in with_origin((CURL,), *args)]

    assert origins(LAYERS, (), PYTHON) == [("base", "")]
    assert origins(LAYERS, LINES, None) == origins(LAYERS, LINES, BaseImage("x")) == [("", LINES[1])]
    assert origins(("sha256:7",), ("RUN x",), PYTHON) == [("", "")]
    assert origin_message(CURL, PYTHON) == ""


def test_json_and_tables_say_it(tmp_path: Path) -> None:
    assert json.loads(msgspec.json.encode(AUDIT))["images"][0]["findings"][0]["origin"] == "base"
    for name, data in parquet_tables(AUDIT):
        (tmp_path / name).write_bytes(data)

    def rows(table: str, columns: str) -> list[Any]:
        return duckdb.read_parquet(str(tmp_path / table)).project(columns).fetchall()

    findings = rows("findings", "id, origin, created_by, packages")
    assert findings[0] == ("CVE-1", "base", LINES[1], [])
    assert findings[2] == ("PRAXI-HIDDEN", "own", LINES[2], ["pkg:pypi/flask@1", "pypi/rich"])
    assert rows("images", "base, base_layers, base_known_by") == [("python:3.12", 2, "declared")]
    assert rows("layers", "created_by") == [(line,) for line in LINES]


def test_the_page_has_the_base_the_line_and_the_packages() -> None:
    (data,) = re.findall(r'<script id="data"[^>]*>(.*?)</script>', report_page(AUDIT))
    page = json.loads(data)
    assert (page["images"][0]["commands"], page["images"][0]["base"]["layers"]) == (list(LINES), 2)
    assert [row["origin"] for row in page["findings"]] == ["base", "own", "own"]
    assert page["findings"][2]["packages"] == ["flask 1", "rich 2"]


def test_sarif_says_it_and_gives_advice_for_each_package() -> None:
    (run,) = json.loads(to_sarif(AUDIT))["runs"]
    first = run["results"][0]
    assert (first["properties"]["origin"], first["properties"]["createdBy"]) == ("base", LINES[1])
    assert first["properties"]["baseImage"] == "python:3.12"
    assert first["message"]["text"].endswith("RUN apt-get install curl.")
    rule = run["tool"]["driver"]["rules"][0]
    assert rule["help"]["text"].startswith("curl 7.1: upgrade to 7.2; libcurl 8.1: upgrade to 8.2")
    assert rule["fullDescription"]["text"] == "reads too far"


def test_an_sbom_gives_advice_for_each_package() -> None:
    (entry,) = json.loads(to_cyclonedx(AUDIT, IMAGE))["vulnerabilities"]
    assert entry["recommendation"] == "curl 7.1: upgrade to 7.2; libcurl 8.1: upgrade to 8.2"
    assert entry["description"] == "reads too far"


def test_an_sbom_keeps_what_several_rules_say_apart() -> None:
    ours, theirs = Ignored("ours", "o", "2027-01-01"), Ignored("theirs", "o", "2027-01-01", "not_affected")
    found = (msgspec.structs.replace(CURL, ignored=ours), msgspec.structs.replace(LIBCURL, ignored=theirs))
    image = msgspec.structs.replace(IMAGE, findings=found)
    entries = json.loads(to_cyclonedx(AUDIT, image))["vulnerabilities"]
    assert [(one["bom-ref"], one["analysis"]["state"], one["recommendation"]) for one in entries] == [
        ("ignored/CVE-1", "in_triage", "upgrade to 7.2"),
        ("ignored/CVE-1#2", "not_affected", "upgrade to 8.2"),
    ]


def test_advice_that_all_share_is_said_once_and_much_of_it_is_counted() -> None:
    same = msgspec.structs.replace(LIBCURL, action=CURL.action)
    assert advice([CURL, same]) == "upgrade to 7.2"
    many = [msgspec.structs.replace(CURL, action=f"upgrade to {number}") for number in range(50)]
    assert advice(many).endswith("curl 7.1: upgrade to 19 and 30 more")


def test_a_message_says_whose_layer_it_is() -> None:
    message = change_message(AUDIT)
    assert message is not None
    assert message[1].splitlines()[0] == (
        "high: CVE-1 in shop:1: curl 7.1: reads too far. upgrade to 7.2. "
        "brought in by the base image python:3.12 with: RUN apt-get install curl"
    )


def test_the_terminal_marks_what_the_base_brought_in() -> None:
    console = Console(file=io.StringIO(), width=160)
    console.print(findings_table(AUDIT))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "shop:1  built on python:3.12 (2 of 3 layers)" in text
    assert "curl 7.1 (base image)" in text
    assert "libcurl 8.1  " in text
    assert "2 packages: flask 1, rich 2" in text
