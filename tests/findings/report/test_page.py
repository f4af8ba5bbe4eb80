"""The page in a real browser."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from praxi_tasks.findings import SEVERITIES, Finding, FoundPackage, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Resolved
from praxi_tasks.findings.coverage import Aspect, checked, not_checked
from praxi_tasks.findings.feeds.health import FeedHealth
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.findings.scope import ListGap, Scope
from tests.findings.audits import AT, large_audit
from tests.support.browser import SCREENSHOTS, browser
from tests.support.browser import opened as open_page
from tests.support.readable import unreadable, violations

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
    assert page.locator("tbody tr.row").count() == 50
    assert page.locator("tbody tr.row").first.inner_text().startswith("critical")

    wanted = [f for image in audit.images for f in image.open_findings if "library-1999 " in f.title]
    page.fill("#search", "LIBRARY-1999")
    page.get_by_text(f"{len(wanted):,} of 20,000", exact=True).wait_for()  # once details are read, too
    page.locator("tbody tr .open").first.click()
    page.get_by_text("site-packages/library-1999").first.wait_for()
    page.get_by_label("Close").click()
    page.fill("#search", "")
    page.get_by_text(f"{total:,} of 20,000", exact=True).wait_for()

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

    page.click("[data-tab=images]")
    assert page.inner_text("#count").endswith(" of 500")
    assert page.locator("#trend .column").count() == len(audit.trend)


def test_every_row_is_on_some_page(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, large_audit(2, 120, components=1), tmp_path)
    page.uncheck("#causes")
    told, seen = page.inner_text("#count").partition(" ")[0], 0
    while True:
        seen += page.locator("tbody tr.row").count()
        if page.locator("#to-next").is_disabled():
            break
        page.click("#to-next")
    assert str(seen) == told
    assert page.inner_text("#place") == f"rows 101 to {told} of {told}"
    page.click("#to-first")
    assert page.inner_text("#place") == f"rows 1 to 50 of {told}"
    page.click("#to-last")
    page.select_option("#kind", "ghost")
    assert page.locator("#pager").is_hidden()


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
    assert cells.nth(4).locator("span[title]").get_attribute("title") == image.image


def test_what_nothing_tells_apart_is_named_together(browser: Browser, tmp_path: Path) -> None:
    files = ("fingerprint",)
    mailer = Component("deb", "exim4-light", (), "pkg:deb/exim4-light", files, ties=("deb/exim4-heavy",))
    flask = Component("pypi", "flask", ("3.0.0", "3.0.1"), "pkg:pypi/flask", files)
    curl = Component("deb", "curl", (), "pkg:deb/curl", files)
    image = AssessedImage("shop/web:1", components=(mailer, flask, curl))
    page = opened(browser, AssessedAudit("r", AT, "", "m", (image,)), tmp_path)
    page.click("[data-tab=components]")
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
    page.click("[data-tab=images]")
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
    page.uncheck("#causes")
    for tab, count in (("findings", 3), ("images", 3), ("resolved", 1)):
        page.click(f"[data-tab={tab}]")
        assert "Cluster" in page.locator("thead th").all_inner_texts()
        assert HOSTILE in page.locator("tbody").inner_text()
        assert page.locator("tbody tr.row").count() == count
    page.select_option("#cluster", label="eu")
    assert page.inner_text("#count") == "0 of 1"
    page.click("[data-tab=images]")
    assert page.inner_text("#count") == "1 of 3"
    page.select_option("#cluster", label="without a name")
    assert page.inner_text("#count") == "1 of 3"
    page.click("tbody tr.row")
    page.click("#details button:has-text('its findings')")
    assert page.inner_text("#count") == "1 of 3"


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
        ("2026-11-18T00:00:00+00:00/2026-11-20T00:00:00Z", "2026-11-18 to 2026-11-19"),
        (
            "2026-11-19T06:00:00+00:00/2026-11-20T06:00:00+00:00",
            "2026-11-19 06:00 UTC to 2026-11-20 06:00 UTC",
        ),
        (
            "2026-11-19T00:00:00+01:00/2026-11-20T00:00:00+01:00",
            "2026-11-18 23:00 UTC to 2026-11-19 23:00 UTC",
        ),
        ("2026-11-20T00:00:00Z/2026-11-19T00:00:00Z", None),
        ("yesterday/today", None),
        ("", "2026-11-20 00:00 UTC"),
    ],
)
def test_an_interval_is_told_as_people_write_it(
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
    page.click("[data-tab=images]")
    page.locator("tbody tr.row").first.click()
    assert "debian:10 (1 of 2 layers)" in page.inner_text("#details")


LONG = "a-name-that-somebody-chose-without-thinking-of-tables-" * 4


def difficult() -> AssessedAudit:
    """Make an audit of long names, many namespaces, every mark, and causes of several findings."""
    clusters = ("production-eu-central-1", "production-us-east-1")
    images = tuple(difficult_image(number, cluster) for number, cluster in enumerate(clusters))
    gone = Resolved(f"eu|{images[0].image}", f"vulnerable|CVE-2026-2|pypi/{LONG}", AT, "unknown")
    return AssessedAudit(
        "r", AT, "2026-11-19T00:00:00Z/2026-11-20T00:00:00Z", LONG, images, resolved=(gone,),
        findings=(Finding("feed", "F", LONG, "high", action=LONG),),
        trend=large_audit(1, 1).trend, feeds=(FeedHealth(LONG, 9, AT, AT, 1),),
    )  # fmt: skip


def difficult_image(number: int, cluster: str) -> AssessedImage:
    flaws = tuple(
        Finding(
            "vulnerable", f"CVE-2026-{10_000 + each}", f"{LONG} {each}", severity,
            purl="pkg:pypi/flask@2.0", package="pypi/flask", origin="base",
            action=f"upgrade {LONG} to {LONG}",
            fixed=tuple(f"2.{fix}.0-1ubuntu0.22.04.1~esm3" for fix in range(6)),
            exploited=True, overdue=True, due="2026-11-01", since=AT, epss=0.97, score=9.8,
        )
        for each, severity in enumerate(SEVERITIES)
    )  # fmt: skip
    ended = Finding(
        "end-of-life", "PRAXI-END-OF-LIFE", "Debian 10 is out", "unknown", since=AT,
        purl="pkg:generic/debian@10", package="distribution/debian", evidence=("etc/os-release",),
    )  # fmt: skip
    ignored = Finding(
        "database-removed", "PRAXI-DATABASE-REMOVED", LONG, "info", since=AT,
        ignored=Ignored(LONG, LONG, "2027-01-01"),
    )  # fmt: skip
    return AssessedImage(
        f"registry.example.org:5000/{LONG}/service-{number}:{LONG}"[:250], "sha256:" + "a" * 64,
        cluster=cluster, namespaces=tuple(f"{LONG}{name}"[:63] for name in range(9)), pods=12_345,
        findings=(*flaws, ended, ignored), files=1_234_567, unexplained=654_321, warnings=(LONG,),
        components=(Component("pypi", "flask", ("2.0",), "pkg:pypi/flask@2.0", ("fingerprint",)),),
        coverage=(not_checked(Aspect.VULNERABILITIES, LONG, LONG, LONG),),
        base=BaseImage(f"registry.example.org/{LONG}"[:200], layers=1),
        layers=("sha256:" + "b" * 64,), commands=(LONG,),
    )  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_at_every_width(browser: Browser, tmp_path: Path, scheme: str) -> None:
    # 1,044 pixels are what Airflow leaves for the tab of a run on a screen of 1,440.
    page = open_page(
        browser, report_page(difficult()), tmp_path, until="body[data-ready=yes]", color_scheme=scheme
    )
    page.check("#ignored")
    for width in (360, 400, 703, 705, 768, 900, 1044, 1100, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        for tab in ("findings", "images", "components", "resolved"):
            page.click(f"[data-tab={tab}]")
            assert unreadable(page) == [], (width, tab)
        page.click("[data-tab=findings]")
        assert violations(page) == [], width
        if width in {400, 1044, 1440}:
            page.screenshot(path=SCREENSHOTS / f"report-{width}-{scheme}.png")


def test_every_tab_and_its_panel_have_nothing_that_axe_objects_to(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, difficult(), tmp_path)
    for width in (360, 1044):
        page.set_viewport_size({"width": width, "height": 900})
        for tab in ("findings", "images", "components", "resolved"):
            page.click(f"[data-tab={tab}]")
            assert violations(page) == [], (width, tab)
            page.locator("tbody tr.row").first.click()
            assert violations(page) == [], (width, tab, "panel")
            assert unreadable(page) == [], (width, tab, "panel")
            page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [600, 718, 1044])
def test_what_is_printed_is_whole(browser: Browser, tmp_path: Path, width: int) -> None:
    # 718 pixels are a sheet of A4 between Chromium's margins.
    audit = large_audit(3, 150, components=1)
    spots = tuple(not_checked(Aspect.VULNERABILITIES, f"d-{n}", f"reason {n}", "act") for n in range(9))
    images = (msgspec.structs.replace(audit.images[0], coverage=spots), *audit.images[1:])
    page = opened(browser, msgspec.structs.replace(audit, images=images), tmp_path)
    page.uncheck("#causes")
    rows = int(page.inner_text("#count").partition(" ")[0])
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("tbody tr.row")).to_have_count(rows)
    assert page.locator("#filters").is_hidden()
    assert page.get_by_text("reason 8").is_visible()
    assert page.get_by_text("upgrade to").first.is_visible()
    assert unreadable(page) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    expect(page.locator("tbody tr.row")).to_have_count(50)
    assert page.get_by_text("reason 8").is_hidden()


def test_the_keyboard_sorts_opens_and_closes(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, difficult(), tmp_path)
    press = page.keyboard.press
    page.focus("[data-tab=findings]")
    press("ArrowRight")
    assert page.locator("[data-tab=images]").get_attribute("aria-selected") == "true"
    press("End")
    assert page.evaluate("document.activeElement.dataset.tab") == "resolved"
    press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.tab") == "findings"

    page.set_viewport_size({"width": 1500, "height": 900})
    page.focus("th.id button")
    press("Enter")
    assert page.locator("th.id").get_attribute("aria-sort") == "ascending"
    press("Enter")  # the focus stays where it was, though the table was drawn again
    assert page.locator("th.id").get_attribute("aria-sort") == "descending"

    page.locator("tbody tr.row", has_text="6 vulnerabilities").locator(".open").focus()
    press("Enter")
    assert page.locator("#details").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "✕"
    for _ in range(12):  # the focus does not leave the panel for the page below it
        press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#details')"
        )
    page.locator("#details .lines .open").first.focus()
    press("Enter")
    assert "CVE-2026-1000" in page.inner_text("#details")
    page.click("#details button:has-text('Back')")
    assert "Its 12 findings" in page.inner_text("#details")
    press("Escape")
    assert page.locator("#details").is_hidden()
    assert "6 vulnerabilities" in page.evaluate("document.activeElement.textContent")


def test_findings_of_one_cause_are_one_row(browser: Browser, tmp_path: Path) -> None:
    parts = tuple(
        Component(
            "deb", name, ("3.0.11-1",), f"pkg:deb/debian/{name}@3.0.11-1", ("inventory",),
            source="openssl", source_versions=("3.0.11-1",),
        )
        for name in ("libssl3", "openssl")
    )  # fmt: skip
    flaws = tuple(
        Finding("vulnerable", f"CVE-2026-{number}", f"{part.name} 3.0.11-1: {number}",
                "critical" if number == 7 else "low", action="upgrade to 3.0.15",
                purl=part.purl, package=part.package, fixed=("3.0.15",), since=AT)
        for part in parts for number in range(70)
    )  # fmt: skip
    images = tuple(AssessedImage(f"shop/{n}:1", components=parts, findings=flaws) for n in range(2))
    page = opened(browser, AssessedAudit("r", AT, "", "m", images), tmp_path)
    row = page.locator("tbody tr.row")
    assert (row.count(), page.inner_text("#count"), page.inner_text("#rows")) == (1, "280 of 280", "in 1 row")
    shown = row.inner_text()
    for part in ("critical", "openssl 3.0.11-1: 70 vulnerabilities", "2 images", "upgrade to 3.0.15"):
        assert part in shown
    page.fill("#search", "libssl3 3.0.11-1: 69")
    assert page.inner_text("#count") == "2 of 280"
    page.fill("#search", "")
    page.uncheck("#causes")
    assert page.inner_text("#place") == "rows 1 to 50 of 280"


def test_a_first_audit_has_no_course_to_draw(browser: Browser, tmp_path: Path) -> None:
    trend = large_audit(1, 1).trend
    page = opened(browser, small(trend=trend[:1]), tmp_path)
    assert "There is one audit so far" in page.inner_text("#trend")
    page = opened(browser, small(trend=trend[:2]), tmp_path)
    assert page.locator("#trend .dates").inner_text().split() == ["2026-10-01", "2026-10-02"]
    widths = page.eval_on_selector_all("#trend .column", "columns => columns.map((each) => each.clientWidth)")
    assert max(widths) <= 40
    assert page.locator("#trend .scale span").first.inner_text() == "50,000"


def test_the_theme_of_whoever_shows_the_page_goes_before_the_systems(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, small(), tmp_path)
    grounds = []
    for theme in ("light", "dark", "blue"):
        page.goto("about:blank")
        page.goto(f"{(tmp_path / 'report.html').as_uri()}#theme={theme}")
        page.wait_for_selector("body[data-ready=yes]")
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] == grounds[2] != grounds[1]
