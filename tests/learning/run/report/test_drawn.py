"""The page in a real browser: its charts are drawn without a network, and without a complaint."""

from __future__ import annotations

import json
import re
from pathlib import Path

import altair
import pytest
from playwright.sync_api import Browser, Page

from praxi_tasks.learning.run.report.page import ReportData, training_page
from tests.conftest import ROOT
from tests.learning.run.report.report_data import report_data
from tests.support.browser import browser, opened

__all__ = ["browser"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chromium")]

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">'+alert(1)+'"
TEXTS = "figure svg text"


def shown(browser: Browser, told: ReportData, folder: Path, **options: object) -> Page:
    return opened(browser, training_page(told), folder, until="body[data-drawn=yes]", **options)


@pytest.fixture(scope="module")
def usual(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Return a page that tests look at and leave as it is."""
    return shown(browser, report_data(), tmp_path_factory.mktemp("usual"))


def luminance(colour: str) -> float:
    """Return a colour's relative luminance, as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_and_can_be_read(browser: Browser, tmp_path: Path, scheme: str) -> None:
    page = shown(browser, report_data(trials=[0.9, 0.95, 0.92]), tmp_path, color_scheme=scheme)
    assert page.locator("figure").count() == page.locator("figure svg").count() == 6
    assert page.locator("figure details[open]").count() == 0
    ground = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    inks = page.locator(TEXTS).evaluate_all("texts => texts.map(text => getComputedStyle(text).fill)")
    assert (ground < 0.1) == (scheme == "dark")
    for ink in set(inks):
        dark, bright = sorted((ground, luminance(ink)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, ink


def test_no_label_is_cut_off(browser: Browser, tmp_path: Path) -> None:
    long = [(f"npm/@corner/{'very-' * 20}{number}", f"pypi/{number}", 1) for number in range(12)]
    page = shown(browser, report_data(confused=long, history=90, trials=[0.9, 0.8]), tmp_path)
    outside = page.locator(TEXTS).evaluate_all(
        """texts => texts.filter(text => {
          const inner = text.getBoundingClientRect(), outer = text.closest("svg").getBoundingClientRect();
          return inner.width && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
        }).map(text => text.textContent)"""
    )
    assert outside == []


def test_a_mark_says_its_figures_when_pointed_at(usual: Page) -> None:
    usual.locator("figure").first.locator("path[aria-roledescription=bar]").nth(2).hover()
    told = usual.locator("#vg-tooltip-element.visible").inner_text()
    assert told.split() == ["measure", "F1", "model", "challenger,", "new", "score", "0.9713"]


def test_hostile_names_stay_text(browser: Browser, tmp_path: Path) -> None:
    page = shown(browser, report_data([HOSTILE], confused=[(HOSTILE, "datum['times']", 2)]), tmp_path)
    page.locator("figure").last.locator("text[aria-roledescription='text mark']").hover()
    assert HOSTILE in page.locator("#vg-tooltip-element.visible").inner_text()
    assert page.title() == "Training manual__2026-11-20"
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("act", "forbidden"),
    [
        (
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
            "script-src-elem",
        ),
        ("try { Function('return 1')() } catch {}", "script-src"),
        ("fetch('https://example.org').catch(() => {})", "connect-src"),
        ("new Image().src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='", "img-src"),
        ("document.body.setAttribute('style', 'color: red')", "style-src-attr"),
    ],
)
def test_the_page_forbids_what_it_does_not_need(usual: Page, act: str, forbidden: str) -> None:
    # From a timer, for what the debugger itself evaluates is bound by no policy.
    asked = """() => new Promise(done => {
      document.addEventListener(
        "securitypolicyviolation", event => done(event.effectiveDirective), { once: true });
      setTimeout(ACT);
    })""".replace("ACT", f"() => {{ {act}; }}")
    assert usual.evaluate(asked) == forbidden


def test_without_scripts_every_figure_is_still_told(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, training_page(report_data()), tmp_path, until="figure", java_script_enabled=False)
    assert page.locator("figure table").count() == page.locator("figure table:visible").count() == 5
    assert "challenger, new 0.9713" in page.locator("figure").first.inner_text().replace("\t", " ")


def test_the_scripts_are_those_that_altair_writes_for(usual: Page) -> None:
    vendored = json.loads((ROOT / "scripts/vendor/package.json").read_text())["dependencies"]
    locked = {name: version for name, version in vendored.items() if name.startswith("vega")}
    runs = usual.evaluate(
        "({vega: vega.version, 'vega-lite': vegaLite.version, 'vega-embed': vegaEmbed.version})"
    )
    assert runs == locked
    assert locked["vega-lite"] == altair.VEGALITE_VERSION
    assert locked["vega"].split(".")[0] == altair.VEGA_VERSION
    assert locked["vega-embed"].split(".")[0] == altair.VEGAEMBED_VERSION
    notice = (ROOT / "NOTICE").read_text()
    assert all(version in notice for version in locked.values())
