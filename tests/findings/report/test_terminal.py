from __future__ import annotations

from rich.console import Console

from praxi_tasks.findings.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import Finding, Ignored
from praxi_tasks.findings.report.terminal import findings_table
from tests.findings.audits import AT


def shown(*findings: Finding, most: int = 40) -> str:
    audit = AssessedAudit("r", AT, "", "m", (AssessedImage("[red]web:1[/]", findings=findings),))
    console = Console(width=200)
    with console.capture() as captured:
        console.print(findings_table(audit, most))
    return captured.get()


def test_findings_have_a_row_and_names_stay_text() -> None:
    text = shown(
        Finding("vulnerable", "CVE-1", "t", "high", purl="pkg:pypi/[bold]x", fixed=("2",), affected_if="≤ 1")
    )
    for part in ("1 high", "CVE-1", "[bold]x (if ≤ 1)", "[red]web:1[/]"):
        assert part in text


def test_ignored_findings_are_only_counted() -> None:
    text = shown(Finding("vulnerable", "CVE-1", "t", "high", ignored=Ignored("r", "o", "2026-12-31")))
    assert text.strip() == "No findings  (new 0, resolved 0, ignored 1)"  # and no headings above nothing


def test_what_is_left_out_is_said() -> None:
    text = shown(*(Finding("vulnerable", f"CVE-{n}", "t", "high") for n in range(5)), most=2)
    assert "3 more" in text
