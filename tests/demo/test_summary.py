"""The demonstration's summary says what was not checked."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console

from demo.summary import LEGEND, EndedRun, show_found
from praxi_airflow.run_key import run_key
from praxi_tasks.findings import Finding, FoundPackage, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.coverage import Aspect, checked, not_checked
from praxi_tasks.store import Store, documents, keys, open_store
from tests.findings.audits import AT

RUN = "scheduled__2026-11-20T00:00:00+00:00"
LAYERS = checked(Aspect.LAYERS, "all")
BLIND = not_checked(
    Aspect.VULNERABILITIES, "debian-12", "9 packages: no advisories were given", "name a feeds folder"
)


VULNERABLE = (
    Finding("vulnerable", "CVE-2026-1", "flask 2: x", "high", package="pypi/flask"),
    Finding("vulnerable", "CVE-2026-2", "flask 2: y", "low", package="pypi/flask"),
)
HIDDEN = Finding(
    "hidden", "PRAXI-HIDDEN", "2 packages", "medium", package="pypi/",
    packages=(FoundPackage("pypi/a", "a 1"), FoundPackage("pypi/b", "b 1")),
)  # fmt: skip
IGNORED = msgspec.structs.replace(HIDDEN, severity="critical", ignored=Ignored("known", "me", "2027-01-01"))


def shown(store: Store, *images: AssessedImage) -> str:
    audit = AssessedAudit(RUN, AT, "", "m", images)
    documents.write(store, keys.run(run_key(RUN), "findings.json"), audit)
    console = Console(width=80)
    with console.capture() as captured:
        show_found(console, store, EndedRun(RUN, "success", "yesterday"))
    return captured.get()


def test_the_table_has_what_matters_to_a_person(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    bad = AssessedImage("demo/web:1", coverage=(LAYERS, BLIND), findings=(*VULNERABLE, HIDDEN, IGNORED))
    text = shown(
        store,
        bad,
        msgspec.structs.replace(bad, image="demo/api:1", coverage=(LAYERS,), findings=()),
        AssessedImage("demo/gone:1", state="failed", reason="there is no such image"),
    )
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.startswith("demo/")}
    assert rows["demo/web:1"] == ["high", "1", "2", "vulnerabilities"]
    assert rows["demo/api:1"] == ["-", "-", "-", "-"]
    assert rows["demo/gone:1"] == ["failed", "there", "is", "no", "such", "image"]


def test_what_was_not_checked_is_told_below_the_table(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    half = AssessedImage("demo/web:1", coverage=(LAYERS, BLIND))
    text = shown(store, half, msgspec.structs.replace(half, image="demo/api:1", coverage=(LAYERS,)))
    assert "Nothing was found in what was checked" in text
    assert "No findings" not in text
    assert "name a feeds folder" in text


def test_a_run_that_checked_everything_says_so_and_one_without_a_report_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    assert "No findings" in shown(store, AssessedImage("demo/web:1", coverage=(LAYERS,)))
    console = Console(width=80)
    with console.capture() as captured:
        show_found(console, store, EndedRun("manual__other", "failed", "other"))
    assert captured.get() == ""
    for heading in ("Worst", "Vulnerable", "Hidden", "Not checked"):
        assert f"{heading}:" in LEGEND
