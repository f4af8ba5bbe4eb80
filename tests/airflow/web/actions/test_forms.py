"""What the pages with forms show to whom, and what becomes of hostile text in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from praxi_airflow.run_key import run_key
from praxi_tasks.findings.risk_register import RiskRegister, make_terms
from praxi_tasks.store import Store, documents, keys
from tests.airflow.conftest import Configure
from tests.airflow.web.actions.conftest import Browser
from tests.airflow.web.audits import HOSTILE

pytestmark = pytest.mark.airflow
NOW = datetime.now(UTC)
FORM = '<form class="filters" method="post"'
PAGES = ("risks", "models", "audit-now", "audit-now/page__1")


def accept(store: Store, days: int, **fields: str) -> str:
    given = {"finding": "CVE-2026-0001", "reason": "r", "owner": "o", **fields}
    terms = make_terms({**given, "expires": (NOW + timedelta(days)).date().isoformat()})
    return RiskRegister(store).accept(terms, "ann", NOW).id


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_who_it_is_and_let_no_script_in(browser: Browser, store: Store, page: str) -> None:
    assert browser(None).get(f"/praxi/{page}").status_code == 401
    answer = browser("viewer").get(f"/praxi/{page}")
    assert (answer.status_code, FORM in answer.text) == (200, False)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_editor_sees_forms_with_a_token_of_their_own(
    browser: Browser, store: Store, configure: Configure
) -> None:
    configure(audit_registries="registry.example.org")
    for page in ("risks", "audit-now"):
        text = browser("user").get(f"/praxi/{page}").text
        assert FORM in text
        assert 'name="token"' in text
    assert "token" not in browser("user").get("/praxi/risks?format=json").text


def test_acceptances_are_listed_by_state(browser: Browser, store: Store) -> None:
    accept(store, 90)
    accept(store, 5, finding="CVE-2026-0002")
    gone = accept(store, 60, finding="CVE-2026-0003")
    RiskRegister(store).withdraw(gone, 1, "fixed", "bob", NOW)
    data = browser("viewer").get("/praxi/risks?format=json").json()
    assert data["counts"] == {"active": 1, "expiring": 1, "expired": 0, "withdrawn": 1}
    assert {row["finding"] for row in data["rows"]} == {"CVE-2026-0001", "CVE-2026-0002"}
    (row,) = browser("viewer").get("/praxi/risks?format=json&state=withdrawn").json()["rows"]
    assert [event["action"] for event in row["history"]] == ["accepted", "withdrawn"]
    assert browser("viewer").get("/praxi/risks?state=all").status_code == 422
    lines = browser("viewer").get("/praxi/risks?format=csv").text.splitlines()
    assert len(lines) == 3


def test_a_damaged_acceptance_is_said_not_to_count(browser: Browser, store: Store) -> None:
    store.put(keys.risk_event("0" * 12, 1), b"{")
    page = browser("viewer").get("/praxi/risks")
    assert "0" * 12 in page.text
    assert "does not count" in page.text


def test_hostile_text_is_text(browser: Browser, store: Store) -> None:
    accept(store, 90, reason=HOSTILE, owner='" onfocus=alert(1) autofocus "', image=HOSTILE)
    asked = "&".join(f"{name}={quote(HOSTILE)}" for name in ("finding", "package", "image", "audit", "state"))
    for page in ("risks", f"risks?{asked.replace('&state', '&x')}", f"models?training={quote(HOSTILE)}",
                 f"audit-now?image={quote(HOSTILE)}", f"audit-now/{quote(HOSTILE, safe='')}"):  # fmt: skip
        text = browser("user").get(f"/praxi/{page}").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert '" onfocus=' not in text


def test_a_finished_audit_leads_to_the_images_page(browser: Browser, store: Store) -> None:
    run, image = "page__2+x", "registry.example.org/web:1"

    def leave(name: str, document: object) -> None:
        documents.write(store, keys.run(run_key(run), name), document)

    leave("images.json", [{"image": image}])
    running = browser("viewer").get(f"/praxi/audit-now/{run}")
    assert (running.status_code, 'data-again="3"' in running.text) == (200, True)
    leave("plan.json", {"batches": 0})
    leave("report.json", {"images": [{"image": image, "state": "audited"}]})
    leave("summary.json", {})
    answer = browser("viewer").get(f"/praxi/audit-now/{run}")
    assert answer.status_code == 303
    assert (
        answer.headers["location"]
        == f"/praxi/image?image={quote(image, safe='')}&audit={quote(run_key(run))}"
    )
    leave("report.json", {"images": [{"image": image, "state": "failed", "reason": f"gone {HOSTILE}"}]})
    failed = browser("viewer").get(f"/praxi/audit-now/{run}")
    assert (failed.status_code, "could not be audited" in failed.text) == (200, True)
    assert "<script>alert" not in failed.text


def test_what_was_refused_is_said_on_a_page(browser: Browser, store: Store) -> None:
    answer = browser("user").post("/praxi/audit-now", data={"image": f"evil.example/{HOSTILE}"})
    assert (answer.status_code, "Nothing was changed" in answer.text) == (422, True)
    assert "<script>alert" not in answer.text
