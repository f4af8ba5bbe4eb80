"""Chromium, and pages in it that must not ask the network for anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.tools import find

PATIENCE: Final = 300_000
"""Milliseconds that a page may take on a machine that runs other tests besides."""

expect.set_options(timeout=PATIENCE)

SCREENSHOTS: Final = Path(__file__).resolve().parents[2] / "dist" / "screenshots"
"""Where tests leave pictures of pages for people to look at; CI keeps them."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium for as long as the block lasts."""
    program = find("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--headless"])


# Not for a whole session: while it runs, no other test of the process could run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium for the tests of one module."""
    with chromium() as running:
        yield running


def overheard(page: Page) -> list[str]:
    """Return a list that grows by what a page requests, and by what its console warns of."""
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    return heard


def opened(browser: Browser, html: str, folder: Path, *, until: str, **options: Any) -> Page:
    """Open a page from a file, without a network; fail if it requests more than itself, or complains.

    Parameters
    ----------
    until
        Selects what is there once the page is ready.
    options
        Of the browser's context, such as ``color_scheme``.
    """
    place = folder / "report.html"
    place.write_text(html)
    settings: dict[str, Any] = {"offline": True, "viewport": {"width": 1500, "height": 950}}
    page = browser.new_context(**settings | options).new_page()
    page.set_default_timeout(PATIENCE)
    heard = overheard(page)
    page.goto(place.as_uri())
    page.wait_for_selector(until)
    assert [told for told in heard if not told.startswith("data:")] == [place.as_uri()]
    return page
