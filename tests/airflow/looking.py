"""What people see of the pages in a browser: each page, whoever they are, at every width, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.support.airflow import Airflow
from tests.support.browser import PATIENCE, SCREENSHOTS
from tests.support.readable import unreadable, violations

WIDTHS: Final = (400, 1044, 1440)
THEMES: Final = ("light", "dark")
TEAM: Final = "here"
"""The team whose Dags are Praxi's."""
PEOPLE: Final = {
    "admin": "admin",
    "op": f"op:{TEAM}",
    "user": f"user:{TEAM}",
    "viewer": f"viewer:{TEAM}",
    "outsider": "user:elsewhere",
}
"""Who may log in, with role and team; Airflow lets the outsider read no Dag of Praxi's team."""
TEAMS: Final = (TEAM, "elsewhere")
EDITORS: Final = ("user", "op", "admin")
"""Those who may change what pages show; the viewer may look."""
_CHARTS_FIT: Final = """[...document.querySelectorAll(".over-time")]
    .every(place => place.scrollWidth <= place.clientWidth && (!place.firstElementChild
        || place.firstElementChild.clientWidth === place.clientWidth))"""
TABS: Final = ("layers", "components", "coverage", "history")


def found_pages(image: str, **asked: str) -> dict[str, str]:
    """Return the pages about what an audit found, by what their pictures are called."""
    of_image, of_audit = urlencode({"image": image, **asked}), f"?{urlencode(asked)}" if asked else ""
    return {
        "overview": of_audit,
        "images": f"images{of_audit}",
        "image": f"image?{of_image}",
        **{f"image-{tab}": f"image?{of_image}&tab={tab}" for tab in TABS},
        "software": f"software{of_audit}",
        "findings": f"findings{of_audit}",
        "namespaces": f"namespaces{of_audit}",
        "changes": f"changes{of_audit}",
    }


def acting_pages(run: str) -> dict[str, str]:
    """Return the pages on which people act, and that of a run that has ended with one image."""
    pick = urlencode(
        {"pick": ["?kind=vulnerable&finding=CVE-2026-1", "?kind=hidden&finding=PRAXI-HIDDEN"]}, True
    )
    return {
        "audits": "audits",
        "risks": "risks",
        "risks-picked": f"risks?{pick}",
        "models": "models",
        "models-compared": "models/compare?first=1&second=2",
        "audit-now": "audit-now",
        "audit-now-run": f"audit-now/{run}",
    }


def browse(
    browser: Browser, server: Airflow, person: str = "", *, width: int = 1440, theme: str = "light"
) -> BrowserContext:
    """Return a window of somebody who is logged in, or of nobody."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    if person:
        context.add_cookies([{"name": "_token", "value": server.token(person), "url": server.url}])
    return context


def complaints(
    browser: Browser,
    server: Airflow,
    person: str,
    pages: Mapping[str, str],
    *,
    theme: str,
    widths: tuple[int, ...] = WIDTHS,
    pictures: bool = False,
) -> list[str]:
    """Return what is wrong with how somebody sees pages, and what the browser complains of.

    Parameters
    ----------
    pictures
        Whether to leave pictures of them.
    """
    found: list[str] = []
    context = browse(browser, server, person, width=widths[0], theme=theme)
    page = context.new_page()
    page.on("console", partial(_noted, found))
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    for name, path in pages.items():
        page.set_viewport_size({"width": widths[0], "height": 900})
        answer = opened(page, f"{server.url}/praxi/{path}")
        told = f"{name}, {person}, {theme}"
        if answer is None or answer.status != 200:
            found.append(f"{told}: {answer and answer.status}")
        if page.evaluate("document.documentElement.dataset.theme") != theme:
            found.append(f"{told}: another theme")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            _wait_for_charts(page)
            found += [f"{told}, {width} px: {each}" for each in unreadable(page)]
            if pictures:
                page.screenshot(path=SCREENSHOTS / f"page-{name}-{theme}-{width}.png", full_page=True)
        found += [f"{told}: {each}" for each in violations(page)]
    context.close()
    return found


def refusals(
    browser: Browser, server: Airflow, person: str, pages: Mapping[str, str]
) -> set[tuple[int, str]]:
    """Return status and heading of what somebody sees instead of pages, and what is wrong with the last."""
    context = browse(browser, server, person, width=400, theme="dark")
    page = context.new_page()
    seen = set()
    for path in pages.values():
        answer = page.goto(f"{server.url}/praxi/{path}")
        assert answer is not None
        seen.add((answer.status, page.locator("main").get_by_role("heading").inner_text()))
    seen |= {(0, each) for each in (*unreadable(page), *violations(page))}
    context.close()
    return seen


def opened(page: Page, address: str) -> Response | None:
    """Open a page once its tables are ready."""
    for _ in range(PATIENCE // 500):
        answer = page.goto(address)
        if answer is not None and answer.status != 202:
            return answer
        page.wait_for_timeout(500)
    raise AssertionError(f"{address}: its tables were not ready in time")


def _wait_for_charts(page: Page) -> None:
    """Wait until charts have the page's width: they are drawn anew a moment after it changed."""
    for _ in range(PATIENCE // 50):  # the page's policy lets Playwright's own waiting run no code there
        if page.evaluate(_CHARTS_FIT):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.url}: a chart is not as wide as its place")


def _noted(found: list[str], message: ConsoleMessage) -> None:
    found.append(f"{message.type}: {message.text}")


def walked(browser: Browser, server: Airflow, image: str) -> str:
    """Walk from Airflow's navigation to an image with the keyboard alone; return its heading."""
    page = browse(browser, server, "viewer").new_page()
    page.goto(f"{server.url}/plugin/praxi")
    frame = page.frame_locator("iframe[title='Praxi']")
    frame.locator("h1").wait_for()
    frame.locator(".skip").focus()
    for wanted in ("Images", image):
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted in frame.locator(":focus").inner_text():
                break
        page.keyboard.press("Enter")
        frame.locator(f"h1:has-text('{wanted}')").wait_for()
    return frame.locator("h1").inner_text()
