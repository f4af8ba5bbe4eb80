"""The page in a real browser."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from praxi_tasks.findings import Finding, FoundPackage
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Resolved
from praxi_tasks.findings.coverage import Aspect, checked, not_checked
from praxi_tasks.findings.feeds.health import FeedHealth
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.findings.scope import ListGap, Scope
from tests.findings.audits import AT, large_audit
from tests.support.browser import browser
from tests.support.browser import opened as open_page

__all__ = ["browser"]

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("chromium"),
]


def opened(browser: Browser, audit: AssessedAudit, folder: Path) -> Page:
    return open_page(browser, report_page(audit), folder, until="body[data-ready=yes]")


def small(*findings: Finding, **fields: object) -> AssessedAudit:
    image = AssessedImage("shop/web:1", "sha256:1", namespaces=("shop",), findings=findings)
    audit = AssessedAudit("r", AT, "", "m", (image,))
    return msgspec.structs.replace(audit, **fields)


def test_twenty_thousand_findings_stay_small_and_answer(browser: Browser, tmp_path: Path) -> None:
    audit = large_audit(500, 20_000)
    assert len(report_page(audit)) <= 5_000_000
    page = opened(browser, audit, tmp_path)
    total = sum(len(image.open_findings) for image in audit.images)
    assert page.inner_text("#count") == f"{total:,} of 20,000"
    assert page.locator("tbody tr.row").count() < 100
    assert page.locator("tbody tr.row").first.inner_text().startswith("critical")

    wanted = [f for image in audit.images for f in image.open_findings if "library-1999 " in f.title]
    page.fill("#search", "LIBRARY-1999")
    assert page.inner_text("#count") == f"{len(wanted):,} of 20,000"
    page.fill("#search", "")

    page.click("th:has-text('Identifier')")
    first = page.locator("tbody tr.row td:nth-child(3)").first.inner_text()
    assert first == min(f.id for image in audit.images for f in image.open_findings)
    page.click("th:has-text('Identifier')")
    assert page.locator("tbody tr.row td:nth-child(3)").first.inner_text() > first

    page.click("#tiles button.critical")
    critical = sum(f.severity == "critical" for image in audit.images for f in image.open_findings)
    assert page.inner_text("#count") == f"{critical:,} of 20,000"
    page.check("#only-new")
    assert int(page.inner_text("#count").split()[0].replace(",", "")) < critical

    page.click("nav button:has-text('Images')")
    assert page.inner_text("#count").endswith(" of 500")
    assert page.locator("#trend rect").count() == len(audit.trend) * 6


@pytest.mark.parametrize("width", [420, 1060, 1900])
def test_no_column_is_squeezed_away(browser: Browser, tmp_path: Path, width: int) -> None:
    # 1,060 pixels are what Airflow leaves for the tab of a run.
    finding = Finding("database-removed", "PRAXI-DATABASE-REMOVED", "t", "critical", since=AT)
    audit = small(finding)
    html = report_page(small(finding, new=frozenset({(audit.images[0].key, finding.key)})))
    page = open_page(
        browser, html, tmp_path, until="body[data-ready=yes]", viewport={"width": width, "height": 950}
    )
    for tab in ("Findings", "Images", "Components", "Resolved"):
        page.click(f"nav button:has-text('{tab}')")
        for heading in page.locator("thead th").all():
            assert heading.evaluate("cell => cell.scrollWidth <= cell.clientWidth"), heading.inner_text()
    page.click("nav button:has-text('Findings')")
    cells = page.locator("tbody tr.row td")
    assert cells.nth(3).evaluate("cell => cell.clientWidth") >= 250
    for number in (0, 1, 7):  # severity, kind, and since with its mark are never cut
        assert cells.nth(number).evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_scrolling_reaches_the_last_row(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, large_audit(50, 2_000), tmp_path)
    page.click("nav button:has-text('Components')")
    page.evaluate("document.getElementById('scroll').scrollTop = 1e9")
    # The page draws when it hears of the scrolling; then the spacer below the last row has no height left.
    expect(page.locator("tbody tr").last).to_have_css("height", "0px")
    assert page.locator("tbody tr.row").count() > 1


def test_a_finding_shows_its_evidence(browser: Browser, tmp_path: Path) -> None:
    finding = Finding(
        "vulnerable", "CVE-2026-1", "flask can be misled", "high", aliases=("PYSEC-9",), fixed=("2.0",),
        evidence=("usr/lib/flask/app.py",), layer="sha256:abc", affected_if="≤ 1.9", exploited=True, since=AT,
    )  # fmt: skip
    page = opened(browser, small(finding), tmp_path)
    assert "· 1 image ·" in page.inner_text("#about")
    page.click("tbody tr.row")
    shown = page.inner_text("#details")
    for part in ("usr/lib/flask/app.py", "sha256:abc", "≤ 1.9", "PYSEC-9", "2.0", "exploited", "shop/web:1"):
        assert part in shown
    page.keyboard.press("Escape")
    assert page.locator("#details").is_hidden()


def test_what_is_exploited_comes_first_and_images_keep_their_tags(browser: Browser, tmp_path: Path) -> None:
    scored = Finding("vulnerable", "CVE-2026-1", "a", "high", score=8.8, since=AT)
    exploited = Finding("vulnerable", "CVE-2026-2", "b", "high", score=7.1, exploited=True, since=AT)
    audit = small(scored, exploited)
    image = msgspec.structs.replace(audit.images[0], image="registry.example.org:5000/shop/web:1.4")
    page = opened(browser, msgspec.structs.replace(audit, images=(image,)), tmp_path)
    cells = page.locator("tbody tr.row").first.locator("td")
    assert cells.nth(2).inner_text() == "⚠ CVE-2026-2"
    assert cells.nth(4).inner_text() == "shop/web:1.4"
    assert cells.nth(4).locator("span").get_attribute("title") == image.image


def test_what_nothing_tells_apart_is_named_together(browser: Browser, tmp_path: Path) -> None:
    files = ("fingerprint",)
    mailer = Component("deb", "exim4-light", (), "pkg:deb/exim4-light", files, ties=("deb/exim4-heavy",))
    flask = Component("pypi", "flask", ("3.0.0", "3.0.1"), "pkg:pypi/flask", files)
    curl = Component("deb", "curl", (), "pkg:deb/curl", files)
    image = AssessedImage("shop/web:1", components=(mailer, flask, curl))
    page = opened(browser, AssessedAudit("r", AT, "", "m", (image,)), tmp_path)
    page.click("nav button:has-text('Components')")
    told = page.locator("tbody tr.row td:nth-child(2)").all_inner_texts()
    assert told == ["one of: exim4-light, exim4-heavy", "one of: 3.0.0, 3.0.1", "version unknown"]
    page.fill("#search", "exim4-heavy")
    page.click("tbody tr.row")
    assert page.locator("#details li").all_inner_texts() == ["exim4-light", "exim4-heavy"]


def test_ages_of_feeds_are_told_and_the_lesser_ones_on_demand(browser: Browser, tmp_path: Path) -> None:
    feeds = (FeedHealth("PyPI", 16_000, AT, AT, 1), FeedHealth("releases/npm.json", 0, "", AT, 12))
    page = opened(browser, small(feeds=feeds), tmp_path)
    assert page.inner_text("#feeds summary") == "Advisories: PyPI 1 day old (16,000) · 1 other feed"
    assert page.locator("#feeds p").is_hidden()
    page.click("#feeds summary")
    assert page.inner_text("#feeds p") == "releases/npm.json: 12 days old"


def test_a_page_says_what_was_not_checked_and_what_to_do(browser: Browser, tmp_path: Path) -> None:
    blind = not_checked(
        Aspect.VULNERABILITIES, "debian-12", "9 packages: no advisories were given", "use --feeds"
    )
    whole = AssessedImage("shop/web:1", coverage=(checked(Aspect.LAYERS, "all", "3 layers"),))
    images = (whole, *(AssessedImage(f"shop/{n}:1", coverage=(*whole.coverage, blind)) for n in range(2)))
    page = opened(browser, AssessedAudit("r", AT, "", "m", images), tmp_path)
    banner = page.inner_text("#notes .blind")
    assert "Nothing was found in what was checked. Not everything was checked (2 of 3 images)" in banner
    for part in ("vulnerabilities: debian-12", "in 2 images", "no advisories were given", "→ use --feeds"):
        assert part in banner
    page.click("nav button[data-tab=images]")
    tags = page.locator("tbody tr.row td:nth-child(2)").all_inner_texts()
    assert sorted(tags) == ["1 gap", "1 gap", "checked"]
    page.locator("tbody tr.row", has_text="shop/0:1").click()
    lines = page.locator("#details .coverage li").all_inner_texts()
    assert lines[0].startswith("not checked")
    assert lines[1].split() == ["checked", "layers:", "all", "3", "layers"]


def test_a_page_is_calm_only_where_everything_was_checked(browser: Browser, tmp_path: Path) -> None:
    image = AssessedImage("shop/web:1", coverage=(checked(Aspect.LAYERS, "all"),))
    audit = AssessedAudit("r", AT, "", "m", (image,))
    page = opened(browser, audit, tmp_path)
    assert "everything was checked" in page.inner_text("#about")
    assert page.locator("#notes .blind").count() == 0
    silent = Scope("scheduled", gaps=(ListGap(HOSTILE),))
    page = opened(browser, msgspec.structs.replace(audit, scope=silent), tmp_path)
    assert HOSTILE in page.inner_text("#notes .blind")
    assert "everything was checked" not in page.inner_text("#about")


def test_clusters_have_a_column_and_a_filter_where_there_are_several(
    browser: Browser, tmp_path: Path
) -> None:
    finding = Finding("vulnerable", "CVE-2026-1", "t", "high", since=AT)
    audit = small(finding)
    page = opened(browser, audit, tmp_path)
    assert page.locator("#cluster").is_hidden()
    assert "Cluster" not in page.locator("thead th").all_inner_texts()
    images = tuple(
        msgspec.structs.replace(audit.images[0], cluster=cluster) for cluster in ("eu", HOSTILE, "")
    )
    gone = Resolved(f"{HOSTILE}|shop/web:1", "vulnerable|CVE-2026-2|pypi/flask", AT, "high")
    page = opened(browser, msgspec.structs.replace(audit, images=images, resolved=(gone,)), tmp_path)
    assert "3 clusters" in page.inner_text("#about")
    for tab, count in (("findings", 3), ("images", 3), ("resolved", 1)):
        page.click(f"nav button[data-tab={tab}]")
        assert "Cluster" in page.locator("thead th").all_inner_texts()
        assert HOSTILE in page.locator("tbody").inner_text()
        assert page.locator("tbody tr.row").count() == count
    page.select_option("#cluster", label="eu")
    assert page.inner_text("#count") == "0 of 1"
    page.click("nav button[data-tab=images]")
    assert page.inner_text("#count") == "1 of 3"
    page.select_option("#cluster", label="without a name")
    assert page.inner_text("#count") == "1 of 3"
    page.click("tbody tr.row")
    page.click("#details button:has-text('its findings')")
    assert page.inner_text("#count") == "1 of 3"


@pytest.mark.parametrize("width", [1440, 1024, 400])
def test_images_keep_their_names_at_every_width(browser: Browser, tmp_path: Path, width: int) -> None:
    page = opened(browser, large_audit(3, 6, components=1), tmp_path)
    page.set_viewport_size({"width": width, "height": 800})
    for tab in ("findings", "images", "components", "resolved"):
        page.click(f"nav button[data-tab={tab}]")
        widths = page.eval_on_selector_all("th", "cells => cells.map((cell) => cell.offsetWidth)")
        assert min(widths) >= 60, tab
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_coverage_of_many_images_and_databases_stays_small(tmp_path: Path) -> None:
    chance = random.Random(3)
    made = [_blind_image(image, chance) for image in large_audit(500, 0, components=1).images]
    audit = AssessedAudit("r", AT, "", "m", tuple(made))
    assert sum(len(image.coverage) for image in made) == 500 * 460
    assert len(report_page(audit)) <= 2_000_000
    tables = dict(parquet_tables(audit))
    assert len(tables["coverage"]) <= 8_000_000


def _blind_image(image: AssessedImage, chance: random.Random) -> AssessedImage:
    """Return an image of many layers whose every package database and version is odd in its own way."""
    unread = [
        not_checked(
            Aspect.DATABASES, f"srv/{chance.getrandbits(40):x}/package.json", "it is no JSON", "mend it"
        )
        for _ in range(60)
    ]
    odd = [
        not_checked(
            Aspect.VULNERABILITIES, f"npm/own-{n}", f"its version 'v{chance.random()}' has no order", "see"
        )
        for n in range(400)
    ]
    return msgspec.structs.replace(image, coverage=(*unread, *odd))


def test_hostile_names_stay_text(browser: Browser, tmp_path: Path) -> None:
    finding = Finding("hidden", HOSTILE, HOSTILE, "high", purl=HOSTILE, evidence=(HOSTILE,), action=HOSTILE)
    note = Finding("feed", "F", HOSTILE, "high", action=HOSTILE)
    page = opened(browser, small(finding, findings=(note,), model=HOSTILE, interval=HOSTILE), tmp_path)
    page.click("tbody tr.row")
    assert page.title() == "Praxi audit 2026-11-20"
    assert HOSTILE in page.inner_text("#details")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("interval", "told"),
    [
        ("2026-11-19T00:00:00+00:00/2026-11-20T00:00:00+00:00", "2026-11-19"),
        ("2026-11-19T06:00:00+00:00/2026-11-20T06:00:00+00:00", None),
        ("2026-11-18T00:00:00+00:00/2026-11-20T00:00:00+00:00", None),
        ("2026-11-19T00:00:00+01:00/2026-11-20T00:00:00+01:00", None),
        ("", AT),
    ],
)
def test_only_a_whole_day_is_told_by_its_date(
    browser: Browser, tmp_path: Path, interval: str, told: str | None
) -> None:
    page = opened(browser, small(interval=interval), tmp_path)
    assert page.inner_text("#about").split(" · ")[0] == (told or interval)


@pytest.mark.parametrize(("width", "rows"), [(360, 2), (400, 2), (700, 1), (1024, 1), (1440, 1)])
def test_the_severities_stand_in_equal_tiles(browser: Browser, tmp_path: Path, width: int, rows: int) -> None:
    view = {"width": width, "height": 900}
    page = open_page(browser, report_page(small()), tmp_path, until="body[data-ready=yes]", viewport=view)
    tiles = page.locator("#tiles button").all()
    boxes = [box for tile in tiles if (box := tile.bounding_box())]
    assert len(boxes) == 6
    assert len({box["y"] for box in boxes}) == rows
    assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) < 1
    for tile in tiles:
        assert tile.evaluate("tile => tile.scrollWidth <= tile.clientWidth"), tile.inner_text()


def test_an_empty_audit_opens(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, AssessedAudit("r", AT, "", "", ()), tmp_path)
    assert page.inner_text("#count") == "0 of 0"


def test_the_script_ends_no_element_early() -> None:
    assert report_page(AssessedAudit("r", AT, "", "", ())).lower().count("</script") == 2


def test_a_release_of_several_images_a_cause_and_what_is_overdue(browser: Browser, tmp_path: Path) -> None:
    layers, lines = ("sha256:1", "sha256:2"), ("ADD rootfs / # buildkit", "COPY venv /opt/venv # buildkit")
    ended = Finding(
        "end-of-life", "PRAXI-END-OF-LIFE", "Debian 10 is out", "high", purl="pkg:generic/debian@10",
        package="distribution/debian", layer=layers[0], origin="base",
    )  # fmt: skip
    hidden = Finding(
        "hidden", "PRAXI-HIDDEN", "600 packages are there", "medium", layer=layers[1], origin="own",
        package="pypi//opt/venv", due="2026-11-10", overdue=True,
        packages=tuple(FoundPackage(f"pypi/p{number}", f"p{number} 1") for number in range(600)),
    )  # fmt: skip
    images = tuple(
        AssessedImage(f"shop/{name}:1", namespaces=(name,), layers=layers, commands=lines, findings=found,
                      base=BaseImage("debian:10", layers=1))
        for name, found in (("web", (ended, hidden)), ("api", (ended,)))
    )  # fmt: skip
    page = opened(browser, AssessedAudit("r", AT, "", "m", images), tmp_path)
    assert page.inner_text("#count") == "2 of 2"
    assert "2 images" in page.locator("tbody tr.row").first.inner_text()
    page.locator("tbody tr.row").first.click()
    assert page.locator("#details li").all_inner_texts() == ["shop/web:1", "shop/api:1"]
    page.keyboard.press("Escape")
    page.select_option("#namespace", "api")
    assert page.inner_text("#count") == "1 of 2"
    page.select_option("#namespace", "")
    page.check("#overdue")
    assert page.inner_text("#count") == "1 of 2"
    page.locator("tbody tr.row").first.click()
    details = page.inner_text("#details")
    assert "p499 1" in details
    assert "p500 1" not in details
    assert "and 100 more" in details
    assert "the image's own layers" in details
    assert lines[1] in details
    assert "2026-11-10 (overdue)" in details
    page.keyboard.press("Escape")
    page.uncheck("#overdue")
    page.select_option("#origin", "base")
    assert page.inner_text("#count") == "1 of 2"
    page.click("nav button:has-text('Images')")
    page.locator("tbody tr.row").first.click()
    assert "debian:10 (1 of 2 layers)" in page.inner_text("#details")
