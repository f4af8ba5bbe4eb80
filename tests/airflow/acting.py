"""What people do on the pages in a browser, and what those are answered who may not."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from playwright.sync_api import Browser, Page

from tests.airflow.looking import browse, opened
from tests.support.airflow import PATIENCE, Airflow, login_of

CHANGES: Final = {
    "risks": {"finding": "CVE-2026-1", "owner": "o", "expires": "2099-01-01", "reason": "r"},
    "risks/picked": {"pick": "?finding=CVE-2026-1", "owner": "o", "expires": "2099-01-01", "reason": "r"},
    "risks/000000000000/renew": {"version": "1", "owner": "o", "expires": "2099-01-01", "reason": "r"},
    "risks/000000000000/withdraw": {"version": "1", "reason": "r"},
    "models/1/promote": {"note": "n"},
    "models/rollback": {"note": "n"},
    "models/train": {"packages": ""},
    "audit-now": {"image": "registry.example.org/web:1"},
}
"""Every change that a page's form can ask for, and a form for it."""


def answered(server: Airflow, person: str, path: str) -> int:
    """Return the status by which one of the changes is answered to a program that has somebody's token."""
    headers = {"Authorization": f"Bearer {server.token(person)}"} if person else {}
    form = urllib.parse.urlencode(CHANGES[path]).encode()
    request = urllib.request.Request(f"{server.url}/praxi/{path}", form, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@contextmanager
def seated(browser: Browser, server: Airflow, person: str = "") -> Iterator[Page]:
    """Return a page of somebody's window, which is closed in the end."""
    context = browse(browser, server, person)
    page = context.new_page()
    yield page
    context.close()


def accept_ticked(page: Page, server: Airflow, run: str) -> None:
    """Tick two findings in the list, and accept them together."""
    opened(page, f"{server.url}/praxi/findings?audit={run}&kind=vulnerable")
    ticks = page.locator("input[name=pick]")
    for number in (0, 1):
        ticks.nth(number).check()
    page.get_by_role("button", name="Accept what is ticked").click()
    page.get_by_role("heading", name="Accept 2 findings").wait_for()
    _say_until_when(page, "not reached from outside")
    page.get_by_role("button", name="Accept all that are ticked").click()
    _accepted(page)


def accept_of_image(page: Page, server: Airflow, image: str, run: str) -> list[str]:
    """Accept the gravest finding of an image from the image's page; return what is accepted then."""
    opened(page, f"{server.url}/praxi/image?{urllib.parse.urlencode({'image': image, 'audit': run})}")
    page.get_by_role("link", name="accept …").first.click()
    _say_until_when(page, "our templates are our own")
    page.get_by_role("button", name="Accept", exact=True).click()
    return _accepted(page)


def withdraw_all(page: Page, server: Airflow) -> int:
    """Withdraw every acceptance, one after the other; return how many that were."""
    page.goto(f"{server.url}/praxi/risks")
    rows = page.locator("tbody tr[id]")
    count = rows.count()
    for left in range(count, 0, -1):
        rows.first.locator("summary").click()
        rows.first.get_by_label("Why it ends").fill("upgraded")
        rows.first.get_by_role("button", name="Withdraw").click()
        rows.nth(left - 1).wait_for(state="detached")
    return count


def put_in_use(page: Page, server: Airflow, version: str, note: str) -> str:
    """Put a version of the model in use, with a note; return what its row says then."""
    page.goto(f"{server.url}/praxi/models")
    row = page.locator(f"#v{version}")
    row.get_by_text("Put in use", exact=True).click()
    row.get_by_label("Why").fill(note)
    row.get_by_role("button").click()
    page.locator(f"#v{version} .tag.fill").wait_for()
    return page.locator(f"#v{version}").inner_text()


def roll_back(page: Page, server: Airflow, version: str, note: str) -> str:
    """Take the last promotion back; return what the row of the version says that is in use again."""
    page.goto(f"{server.url}/praxi/models")
    page.get_by_text("Take the last promotion back").click()
    page.get_by_label("Why").first.fill(note)
    page.get_by_role("button", name="Roll back").click()
    page.locator(f"#v{version} .tag.fill").wait_for()
    return page.locator(f"#v{version}").inner_text()


def train_now(page: Page, server: Airflow) -> str:
    """Start a training from the page; return where the page says its run is."""
    page.goto(f"{server.url}/praxi/models")
    page.get_by_text("Train now").click()
    page.get_by_role("button", name="Train").click()
    return page.get_by_role("link", name="its run in Airflow").get_attribute("href") or ""


def audit_now(page: Page, server: Airflow, image: str) -> str:
    """Audit an image from the page, and wait until that ends; return the heading of where it ends."""
    page.goto(f"{server.url}/praxi/audit-now")
    page.get_by_label("Image").fill(image)
    page.get_by_role("button", name="Audit").click()
    page.locator("[aria-current=step]").wait_for()
    page.wait_for_url("**/praxi/image?**", timeout=2000 * PATIENCE)
    page.locator("#tabs").wait_for()
    return page.get_by_role("heading", level=1).inner_text()


def log_in_and_out(page: Page, server: Airflow, person: str, path: str) -> list[str]:
    """Log in from a page that asks for it, and out again; return the headings and where they were."""
    page.goto(f"{server.url}/praxi/{path}")
    seen = [_where(page, server)]
    page.get_by_role("link", name="Log in").click()
    login = login_of(person)
    page.locator("input[name=username]").fill(login["username"])
    page.locator("input[name=password]").fill(login["password"])
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**/praxi/{path}")
    seen.append(_where(page, server))
    page.goto(f"{server.url}/api/v2/auth/logout")
    page.goto(f"{server.url}/praxi/{path}")
    return [*seen, _where(page, server)]


def _where(page: Page, server: Airflow) -> str:
    page.locator("main h1").wait_for()
    return f"{page.url.removeprefix(server.url)}: {page.locator('main h1').inner_text()}"


def _say_until_when(page: Page, reason: str) -> None:
    page.get_by_label("Who answers for it").first.fill("shop team")
    page.get_by_label("Last day").first.fill((datetime.now(UTC) + timedelta(40)).date().isoformat())
    page.get_by_label("Why", exact=True).fill(reason)


def _accepted(page: Page) -> list[str]:
    page.locator("tbody tr[id]").first.wait_for()
    return [
        each.split()[0] for each in page.locator("tbody tr[id]").get_by_role("rowheader").all_inner_texts()
    ]
