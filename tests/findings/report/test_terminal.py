from __future__ import annotations

import msgspec
import pytest
from rich.console import Console

from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, ImageRecord
from praxi_tasks.findings.coverage import Aspect, checked, not_checked, partial
from praxi_tasks.findings.finding import VexStatement
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.terminal import findings_summary, findings_table
from praxi_tasks.findings.scope import ListGap, Scope
from tests.findings.audits import AT

CHECKED = (checked(Aspect.LAYERS, "all"),)


def shown(*findings: Finding, most: int = 40, components: tuple[Component, ...] = ()) -> str:
    image = AssessedImage("[red]web:1[/]", findings=findings, components=components, coverage=CHECKED)
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


def test_what_an_image_says_is_shown_as_escapes() -> None:
    hostile = "\x1b]0;pwned\x07\x1b[2J\n\u202efdp"
    finding = Finding(
        "ghost", f"X{hostile}", hostile, "high", purl=f"pkg:pypi/x@1{hostile}", affected_if=hostile
    )
    text = shown(finding, Finding("outdated", "Y", f"t{hostile}", "low", action=hostile))
    assert all(line.isprintable() for line in text.splitlines())
    assert "\\x1b]0;pwned" in text


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_long_name_leaves_room_for_what_to_do(width: int) -> None:
    long = Finding("vulnerable", "CVE-1", "t", "high", purl=f"pkg:maven/org.x/{'n' * 900}@1", fixed=("2",))
    image = AssessedImage("web:1", findings=(long,), coverage=CHECKED)
    console = Console(width=width)
    with console.capture() as captured:
        console.print(findings_table(AssessedAudit("r", AT, "", "m", (image,))))
    text = captured.get()
    assert "What to do" in text
    assert max(map(len, text.splitlines())) <= width


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


def test_who_set_findings_aside_is_told() -> None:
    said = VexStatement("fixed", "Shop", "https://example.org/vex", "2026-11-20T00:00:00Z")
    ignored = Ignored("r", "Shop", "", "resolved")
    text = shown(Finding("vulnerable", "CVE-1", "t", "high", ignored=ignored, vex=said))
    assert "ignored 1, of which 1 by OpenVEX of Shop" in " ".join(text.split())


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


def test_the_same_thing_to_do_is_said_once() -> None:
    text = shown(
        *(
            Finding("hidden", "PRAXI-HIDDEN", n, "medium", purl=f"pkg:deb/{n}", action="install it")
            for n in "abc"
        ),
        Finding("ghost", "PRAXI-GHOST", "t", "low", purl="pkg:deb/d", action="look"),
    )
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert [row.partition(" hidden ")[2] for row in rows if "hidden" in row] == ["a install it", "b ″", "c ″"]
    assert "low ghost d look" in rows


def printed(audit: AssessedAudit, *, width: int = 200) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(findings_summary(audit))
    return captured.get()


def audit_of(*images: AssessedImage, **fields: object) -> AssessedAudit:
    return msgspec.structs.replace(AssessedAudit("r", AT, "", "m", images), **fields)


def test_no_findings_is_said_only_where_everything_was_checked() -> None:
    whole, untold = AssessedImage("a:1", coverage=CHECKED), AssessedImage("a:2")
    failed = AssessedImage.of(ImageRecord("a:3", state="failed", reason="no such tag"), ())
    gap = partial(Aspect.KNOWLEDGE, "pypi", "1 of 2 packages: the model does not know them", "train")
    in_part = msgspec.structs.replace(whole, coverage=(*CHECKED, gap))
    assert "No findings" in printed(audit_of(whole))
    assert "Not checked" not in printed(audit_of(whole))
    for image in (untold, failed, in_part):
        text = printed(audit_of(whole, image))
        assert "No findings" not in text
        assert "Not checked" in text
        assert image.image in text
    partly_listed = Scope("scheduled", gaps=(ListGap("kube-state-metrics was silent"),))
    text = printed(audit_of(whole, scope=partly_listed))
    assert "No findings" not in text
    assert "kube-state-metrics was silent" in text


def test_where_no_image_was_read_nothing_was_checked() -> None:
    failed = AssessedImage.of(ImageRecord("a:3", state="failed", reason="no such tag"), ())
    assert "Nothing was checked  (new 0" in printed(audit_of(failed, failed))
    assert "Nothing was found in what was checked" in printed(audit_of(failed, AssessedImage("a:1")))


def test_the_same_gap_of_several_images_is_told_once_with_what_to_do() -> None:
    images = tuple(
        AssessedImage(
            f"a:{n}",
            coverage=tuple(
                not_checked(
                    Aspect.VULNERABILITIES, subject, f"{n + 1} packages: none were given", "use --feeds"
                )
                for subject in ("debian-12", "pypi")
            ),
        )
        for n in range(3)
    )
    lines = [" ".join(line.split()) for line in printed(audit_of(*images)).splitlines()]
    assert lines.count("vulnerabilities: debian-12, pypi 3 images none were given use --feeds") == 1


def test_many_blind_spots_are_counted_in_eighty_columns() -> None:
    gaps = tuple(not_checked(Aspect.DATABASES, f"db/{n}", f"reason {n}", "see") for n in range(30))
    text = printed(audit_of(AssessedImage("a:1", coverage=gaps)), width=80)
    assert "… and 18 more" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_registry_that_all_images_share_leaves_its_room_to_the_names() -> None:
    gap = not_checked(Aspect.DATABASES, "all", "none in the image", "keep it")
    whole = AssessedImage("registry.example.com/shop/api:1", coverage=CHECKED)
    image = AssessedImage("registry.example.com/vault/signer:7", coverage=(gap,))
    elsewhere = AssessedImage("other.example.com/shop/api:1", coverage=CHECKED)
    rows = [" ".join(line.split()) for line in printed(audit_of(whole, image), width=80).splitlines()]
    assert any(row.startswith("package-databases: vault/signer:7 none in") for row in rows)
    assert image.image in printed(audit_of(elsewhere, image))
    assert image.image in printed(audit_of(image))


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_nothing_is_cut_on_any_terminal(width: int) -> None:
    gap = not_checked(Aspect.DATABASES, "var/lib/rpm/rpmdb.sqlite", "it is damaged", "restore the database")
    finding = Finding(
        "vulnerable", "CVE-2026-100001", "t", "critical", purl="pkg:pypi/a-rather-long-name@1.2.3",
        action="upgrade to 4.5.6", exploited=True,
    )  # fmt: skip
    image = AssessedImage("registry.example.com/shop/web:1", findings=(finding,), coverage=(gap,))
    console = Console(width=width)
    with console.capture() as captured:
        console.print(findings_table(AssessedAudit("r", AT, "", "m", (image,))))
    text = captured.get()
    assert max(map(len, text.splitlines())) <= width
    whole = "".join(text.split())
    for part in ("critical", "CVE-2026-100001", "exploited", "a-rather-long-name", "upgradeto4.5.6"):
        assert part in whole or width == 80  # there names are folded beside each other
    for part in ("Notchecked", "itisdamaged", "restorethedatabase"):
        assert part in whole or width == 80
    assert text.count("\n") < 40
