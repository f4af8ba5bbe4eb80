"""What a person does with the pages in a browser: look at each, at every width, light and dark."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.support.airflow import Airflow
from tests.support.browser import SCREENSHOTS
from tests.support.readable import unreadable, violations

WIDTHS = (400, 1044, 1440)


def paths(image: str) -> dict[str, str]:
    """Return the pages, by what their pictures are called."""
    asked = urlencode({"image": image})
    tabs = ("layers", "components", "coverage", "history")
    return {
        "overview": "",
        "images": "images",
        "image": f"image?{asked}",
        **{f"image-{tab}": f"image?{asked}&tab={tab}" for tab in tabs},
        "software": "software",
        "findings": "findings",
        "namespaces": "namespaces",
        "changes": "changes",
        "audits": "audits",
    }


def complaints(browser: Browser, server: Airflow, image: str) -> list[str]:
    """Return what is wrong with how pages look, and what the browser complains of; leave their pictures."""
    found: list[str] = []
    for theme in ("light", "dark"):
        page = browser.new_context(viewport={"width": WIDTHS[-1], "height": 900}).new_page()
        page.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        page.on("console", partial(_noted, found))
        page.goto(server.url)  # which gives everybody a token where all are administrators
        page.wait_for_url("**/", timeout=120_000)
        found.clear()
        for name, path in paths(image).items():
            assert _opened(page, f"{server.url}/praxi/{path}") == 200, path
            assert page.evaluate("document.documentElement.dataset.theme") == theme
            found += [f"{name}, {theme}: {each}" for each in _seen(page, f"{name}-{theme}")]
    return found


def _noted(found: list[str], message: ConsoleMessage) -> None:
    found.append(f"{message.type}: {message.text}")


def _opened(page: Page, address: str) -> int:
    """Open a page once its tables are ready; return the status of the answer."""
    for _ in range(120):
        answer = page.goto(address)
        if answer is not None and answer.status != 202:
            return answer.status
        page.wait_for_timeout(500)
    return 202


def _seen(page: Page, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} px: {each}" for each in unreadable(page)]
        page.screenshot(path=SCREENSHOTS / f"page-{name}-{width}.png", full_page=True)
    return found + violations(page)


def walked(browser: Browser, server: Airflow, image: str) -> str:
    """Walk from Airflow's navigation to an image with the keyboard alone; return its heading."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{server.url}/plugin/praxi")
    frame = page.frame_locator("iframe[title='Praxi']")
    frame.locator("h1").wait_for(timeout=120_000)
    frame.locator(".skip").focus()
    for wanted in ("Images", image):
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted in frame.locator(":focus").inner_text():
                break
        page.keyboard.press("Enter")
        frame.locator(f"h1:has-text('{wanted}')").wait_for(timeout=60_000)
    return frame.locator("h1").inner_text()
