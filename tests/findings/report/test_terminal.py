from __future__ import annotations

from rich.console import Console

from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.terminal import findings_table
from tests.findings.audits import AT


def shown(*findings: Finding, most: int = 40, components: tuple[Component, ...] = ()) -> str:
    image = AssessedImage("[red]web:1[/]", findings=findings, components=components)
    audit = AssessedAudit("r", AT, "", "m", (image,))
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


def test_what_nothing_tells_apart_is_named_together() -> None:
    mailer = Component("deb", "exim4-light", (), "pkg:deb/exim4-light", (), ties=("deb/exim4-heavy",))
    flask = Component("pypi", "flask", tuple("1234567"), "pkg:pypi/flask", ())
    text = shown(
        Finding("hidden", "PRAXI-HIDDEN", "t", "medium", purl=mailer.purl),
        Finding("vulnerable", "CVE-1", "t", "high", purl=flask.purl, affected_if="≤ 2"),
        components=(mailer, flask),
    )
    assert "exim4-light (one of: exim4-light, exim4-heavy)" in text
    assert "flask (one of: 1, 2, 3, 4, 5 and 2 more; if ≤ 2)" in text


def test_ignored_findings_are_only_counted() -> None:
    text = shown(Finding("vulnerable", "CVE-1", "t", "high", ignored=Ignored("r", "o", "2026-12-31")))
    assert text.strip() == "No findings  (new 0, resolved 0, ignored 1)"  # and no headings above nothing


def test_what_is_left_out_is_said() -> None:
    text = shown(*(Finding("vulnerable", f"CVE-{n}", "t", "high") for n in range(5)), most=2)
    assert "3 more" in text


def test_each_image_has_a_heading_and_each_finding_says_what_to_do_in_eighty_columns() -> None:
    flaw = Finding(
        "vulnerable", "CVE-2026-100001", "t", "critical", purl="pkg:pypi/flask@1", action="upgrade to 2"
    )
    ghost = Finding("ghost", "PRAXI-GHOST", "flask claims files", "low", purl="pkg:pypi/flask@1")
    images = tuple(AssessedImage(f"registry.example.com/shop/{n}:1", findings=(flaw, ghost)) for n in "ab")
    console = Console(width=80)
    with console.capture() as captured:
        console.print(findings_table(AssessedAudit("r", AT, "", "m", images)))
    lines = [" ".join(line.split()) for line in captured.get().splitlines()]
    assert [line for line in lines if line.startswith("registry")] == [image.image for image in images]
    assert lines.count("critical CVE-2026-100001 flask 1 upgrade to 2") == 2
    assert lines.count("low ghost flask 1 flask claims files") == 2
