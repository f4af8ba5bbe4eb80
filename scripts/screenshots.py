"""Take the README's picture of the page, from the demonstration that runs.

    make demo && PYTHONPATH=.:plugins .venv/bin/python scripts/screenshots.py

Chromium logs in as the demonstration's user and opens the page in Airflow; the picture goes to
``docs/static/page.png``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from demo.state import DemoFolder
from tests.support.browser import chromium

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURE: Final = ROOT / "docs" / "static" / "page.png"
LARGEST: Final = 200_000  # bytes
PATIENCE: Final = 60_000  # ms


def main() -> None:
    """Take the picture."""
    folder = DemoFolder(ROOT / ".praxi" / "demo")
    url = f"http://127.0.0.1:{folder.port('airflow')}"
    (password,) = json.loads((folder.root / "airflow" / "passwords.json").read_text()).values()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        page.set_default_timeout(PATIENCE)
        log_in(page, url, password)
        page.goto(f"{url}/plugin/praxi")
        page.frame_locator("iframe").locator("main").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURE)
    size = PICTURE.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{PICTURE} has {size:,} bytes, more than {LARGEST:,}")


def log_in(page: Page, url: str, password: str) -> None:
    """Log in as the demonstration's user."""
    page.goto(f"{url}/auth/login/")
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").click()
    page.wait_for_url(lambda where: "/auth/login" not in where)


if __name__ == "__main__":
    main()
