"""The demonstration's summary says what was not checked."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console

from demo.summary import LEGEND, EndedRun, show_found
from praxi_airflow.run_key import run_key
from praxi_tasks.audit.report import AuditReport, ReportedImage
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.coverage import Aspect, checked, not_checked
from praxi_tasks.store import Store, documents, keys, open_store
from tests.findings.audits import AT

RUN = "scheduled__2026-11-20T00:00:00+00:00"
LAYERS = checked(Aspect.LAYERS, "all")
BLIND = not_checked(
    Aspect.VULNERABILITIES, "debian-12", "9 packages: no advisories were given", "name a feeds folder"
)


def shown(store: Store, *images: AssessedImage) -> str:
    audit = AssessedAudit(RUN, AT, "", "m", images)
    reported = tuple(ReportedImage(image.image, layers=()) for image in images)
    report = AuditReport("m", "", reported, ()).with_coverage(audit)
    documents.write(store, keys.run(run_key(RUN), "report.json"), report)
    documents.write(store, keys.run(run_key(RUN), "findings.json"), audit)
    console = Console(width=80)
    with console.capture() as captured:
        show_found(console, store, EndedRun(RUN, "success", "yesterday"))
    return captured.get()


def test_what_was_not_checked_is_in_the_table_and_below_it(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    half = AssessedImage("demo/web:1", coverage=(LAYERS, BLIND))
    text = shown(store, half, msgspec.structs.replace(half, image="demo/api:1", coverage=(LAYERS,)))
    rows = {line.split()[0]: line.split()[-1] for line in text.splitlines() if " audited " in line}
    assert rows == {"demo/web:1": "1", "demo/api:1": "0"}
    assert "Nothing was found in what was checked" in text
    assert "No findings" not in text
    assert "vulnerabilities" in text


def test_a_run_that_checked_everything_says_so_and_one_without_a_report_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    assert "No findings" in shown(store, AssessedImage("demo/web:1", coverage=(LAYERS,)))
    console = Console(width=80)
    with console.capture() as captured:
        show_found(console, store, EndedRun("manual__other", "failed", "other"))
    assert captured.get() == ""
    assert "Gaps" in LEGEND
