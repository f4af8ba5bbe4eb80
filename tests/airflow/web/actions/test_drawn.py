"""The pages with forms in a real Chromium, at each width, light and dark, by mouse and by keyboard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, Route

from praxi_tasks.environment import read_text
from praxi_tasks.findings.risk_register import RiskRegister, make_terms
from praxi_tasks.learning.model_registry import CHAMPION
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.store import Store, documents, keys
from tests.airflow.conftest import Configure
from tests.airflow.web.actions.conftest import SITE, Browser
from tests.airflow.web.actions.test_models import train
from tests.airflow.web.actions.test_studies import put_study
from tests.airflow.web.audits import get, put_audit
from tests.findings.audits import large_audit
from tests.support.browser import chromium, overheard
from tests.support.readable import unreadable, violations

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
WIDTHS = (400, 1044, 1440)
LONG = "registry.example.org/a-team/with-a-long-name/of-a-service-that-nobody-would-abbreviate:2026.11.28-rc1"
NOW = datetime.now(UTC)
AUDIT = large_audit(9, 270, components=12)
IMAGE = AUDIT.images[0].image
SUBJECT = next(each.package for each in AUDIT.images[0].findings if each.kind == "hidden")


def accept(register: RiskRegister, days: int, **fields: str) -> str:
    end = (NOW + timedelta(days)).date().isoformat()
    return register.accept(make_terms({"owner": "shop team", "expires": end, **fields}), "ann", NOW).id


@pytest.fixture
def filled(store: Store, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> StoredRegistry:
    from praxi_airflow.web.actions import models

    configure(audit_registries="registry.example.org, quay.io/shop")
    register = RiskRegister(store)
    accept(register, 200, finding="CVE-2026-0001", image=LONG, reason="templates are our own " * 8)
    accept(register, 6, package="deb/openssl", namespace="shop-*", reason="upgraded next week")
    gone = accept(register, 30, finding="CVE-2026-0003", reason="r")
    register.withdraw(gone, 1, "upgraded", "bob", NOW)
    store.put(keys.risk_event("0" * 12, 1), b"{")
    registry = StoredRegistry(store)
    for number, names in enumerate(((), ("flask",), tuple(f"package-{n}" for n in range(70))), 1):
        train(store, f"run-{number}", str(number - 1), *names)
        registry.register(f"file:///{number}", str(number) * 32, {"praxi.origin": f"run-{number}"})
    for version in "12":
        registry.promote(registry.get(version))
    registry.annotate(registry.get("2"), "bob", "fewer false positives in shop-*", "")
    put_study(store, "manual__1", 3)
    documents.write(store, keys.run("page__1", "images.json"), [{"image": LONG}])
    documents.write(store, keys.run("page__1", "plan.json"), {"batches": 3})
    monkeypatch.setattr(models, "light_registry", lambda *_: registry)
    monkeypatch.setattr(models, "read_versions", lambda *_: registry.versions())
    return registry


@pytest.fixture
def audited(store: Store, browser: Browser) -> Store:
    """Return a store with an audit whose tables are ready."""
    put_audit(store, AUDIT)
    get(browser("viewer"), "/praxi/")
    return store


def opened(running: Any, client: TestClient, width: int, scheme: str) -> Page:
    """Return a page of a Chromium whose every request is answered by the server of the tests."""
    context = running.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.add_cookies(
        [{"name": name, "value": value, "url": SITE} for name, value in client.cookies.items()]
    )

    def answer(route: Route) -> None:
        asked = route.request
        headers = {name: value for name, value in asked.all_headers().items() if not name.startswith(":")}
        found = client.request(asked.method, asked.url, content=asked.post_data_buffer, headers=headers)
        if 300 <= found.status_code < 400:  # Chromium follows no redirect that is made up for it
            found = client.get(found.headers["location"].partition("#")[0], headers={"Accept": "text/html"})
        kept = {"content-type", "content-security-policy", "referrer-policy", "x-content-type-options"}
        headers = {name: value for name, value in found.headers.items() if name.lower() in kept}
        route.fulfill(status=found.status_code, headers=headers, body=found.content)

    page: Page = context.new_page()
    page.route(f"{SITE}/**", answer)
    return page


PICKED = urlencode({"pick": [f"?kind=vulnerable&finding=CVE-2026-{n:04}" for n in range(30)]}, doseq=True)
PAGES = (
    "risks",
    f"risks?{PICKED}",
    "models",
    "models/compare?first=1&second=3",
    "audit-now",
    "audit-now/page__1",
)
OFFERED = (
    "findings",
    "finding?kind=hidden&id=PRAXI-HIDDEN&subject=" + quote(SUBJECT, safe=""),
    f"image?image={IMAGE}",
)
OTHERS = ("", "images", "software", "namespaces", "changes", "audits", *PAGES)


def test_pages_are_readable_at_each_width_and_accessible(browser: Browser, filled: StoredRegistry) -> None:
    client = browser("user", own_page=False)
    with chromium() as running:
        for number, width in enumerate(WIDTHS):
            page = opened(running, client, width, ("light", "dark")[number % 2])
            heard = overheard(page)
            for path in PAGES:
                page.goto(f"{SITE}/praxi/{path}")
                for details in page.locator("details").all():
                    details.evaluate("each => { each.open = true; }")
                lost = [each for each in unreadable(page) if not each.endswith("Skip to the content")]
                assert lost == [], (path, width)
                assert violations(page) == [], (path, width)
                if folder := read_text("PRAXI_SCREENSHOTS"):
                    page.screenshot(
                        path=f"{folder}/{path.split('?')[0].replace('/', '-')}-{width}.png", full_page=True
                    )
            assert [line for line in heard if "rror" in line and "404" not in line] == []
            page.context.close()


def test_trials_stay_whole_on_a_phone_and_the_chart_says_its_last_values(
    browser: Browser, filled: StoredRegistry
) -> None:
    client = browser("user", own_page=False)
    with chromium() as running:
        for width in (390, 1044):
            page = opened(running, client, width, "light")
            page.goto(f"{SITE}/praxi/models")
            study = page.locator(".study", has=page.locator(".u-legend")).first
            legend = " ".join(study.locator(".u-legend").inner_text().split())
            assert re.fullmatch(r"Trial\s?5\s?F1\s?\u2013\s?best so far\s?0\.8", legend), legend
            cells = study.locator('td[data-label="Parameters"]')
            # All of a cell is one box: on a phone its parts would else be laid out as cells of their own.
            assert set(cells.evaluate_all("cells => cells.map(cell => cell.childNodes.length)")) == {1}
            one_line = 'cells => cells.every(cell => getComputedStyle(cell).whiteSpace === "nowrap")'
            assert study.locator('td[data-label="F1"]').evaluate_all(one_line)
            page.context.close()


@pytest.mark.usefixtures("audited", "filled")
def test_each_role_is_offered_what_it_may_do_and_can_read_it(browser: Browser) -> None:
    with chromium() as running:
        for number, (role, offers) in enumerate({"user": True, "viewer": False}.items()):
            page = opened(running, browser(role, own_page=False), 1440, ("light", "dark")[number])
            for path in OFFERED:
                page.goto(f"{SITE}/praxi/{path}")
                assert bool(page.locator("a[href*='/risks?']").count()) == offers, (role, path)
                assert bool(page.locator("input[name=pick]").count()) == (offers and path == "findings")
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    assert unreadable(page) == [], (role, path, width)
                assert violations(page) == [], (role, path)
            page.context.close()
        page = opened(running, browser(None, own_page=False), 400, "dark")
        for path in (*OFFERED, *OTHERS):
            page.goto(f"{SITE}/praxi/{path}")
            assert page.get_by_role("heading").all_inner_texts() == ["Log in first"], path
            assert page.get_by_role("link", name="Log in").count() == 1
        assert (unreadable(page), violations(page)) == ([], [])


@pytest.mark.usefixtures("audited", "filled")
def test_who_may_not_read_the_dag_is_told_on_each_page(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.app import get_auth_manager

    monkeypatch.setattr(get_auth_manager(), "is_authorized_dag", lambda **_: False)
    with chromium() as running:
        page = opened(running, browser("user", own_page=False), 1044, "light")
        for path in (*OFFERED, *OTHERS):
            page.goto(f"{SITE}/praxi/{path}")
            assert page.get_by_role("heading").all_inner_texts() == ["You may not see this"], path
            assert "team-" not in page.inner_text("main")
        assert (unreadable(page), violations(page)) == ([], [])


@pytest.mark.usefixtures("audited")
def test_findings_are_ticked_and_accepted_together(browser: Browser, store: Store) -> None:
    with chromium() as running:
        page = opened(running, browser("user", own_page=False), 1440, "light")
        page.goto(f"{SITE}/praxi/findings?kind=vulnerable&size=5")
        go_on = page.get_by_role("button", name="Accept what is ticked")
        assert go_on.is_disabled()
        page.get_by_label("Tick all of this page").check()
        page.locator("input[name=pick]").first.uncheck()
        go_on.click()
        page.get_by_role("heading", name="Accept 4 findings").wait_for()
        page.locator("input[name=pick]").first.uncheck()
        page.get_by_label("Who answers for it").fill("shop")
        page.get_by_label("Last day").fill((NOW + timedelta(40)).date().isoformat())
        page.get_by_label("Why", exact=True).fill("not reached")
        page.get_by_role("button", name="Accept all that are ticked").click()
        page.locator("tbody tr").nth(2).wait_for()
        shown = {each.split()[0] for each in page.get_by_role("rowheader").all_inner_texts()}
    assert {each.terms.finding for each in RiskRegister(store).read().acceptances} == shown
    assert len(shown) == 3


def test_a_risk_is_accepted_and_withdrawn_by_keyboard_alone(
    browser: Browser, filled: StoredRegistry, store: Store
) -> None:
    client = browser("user", own_page=False)
    with chromium() as running:
        page = opened(running, client, 1044, "light")
        page.goto(f"{SITE}/praxi/risks?finding=CVE-2026-0009")
        page.get_by_label("Who answers for it").first.focus()
        page.keyboard.type("shop")
        page.get_by_label("Last day").first.fill((NOW + timedelta(40)).date().isoformat())
        page.get_by_label("Why", exact=True).focus()
        page.keyboard.type("by keyboard")
        page.keyboard.press("Enter")
        page.get_by_role("rowheader", name="CVE-2026-0009").wait_for()
        made = next(
            each for each in RiskRegister(store).read().acceptances if each.terms.finding == "CVE-2026-0009"
        )
        assert (made.terms.reason, made.history[0].by) == ("by keyboard", "ann")
        row = page.locator(f"[id='{made.id}']")
        row.locator("summary").focus()
        page.keyboard.press("Enter")
        row.get_by_label("Why it ends").focus()
        page.keyboard.type("done")
        page.keyboard.press("Enter")
        page.locator("tbody tr").nth(2).wait_for(state="detached")
    assert RiskRegister(store).get(made.id).withdrawn


def test_a_version_is_put_in_use_with_a_note(browser: Browser, filled: StoredRegistry) -> None:
    client = browser("user", own_page=False)
    with chromium() as running:
        page = opened(running, client, 1440, "dark")
        page.goto(f"{SITE}/praxi/models")
        row = page.locator("#v3")
        row.get_by_text("Put in use").click()
        row.get_by_label("Why").fill("learned more")
        row.get_by_role("button").click()
        page.locator("#v3 .tag.fill").wait_for()
    assert filled.get(CHAMPION).version == "3"
    assert filled.get("3").tags["praxi.note"] == "learned more"
