"""Who may accept risks on a page, how, and what an attacker gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from praxi_airflow.web.actions.origin import HEADER, form_token
from praxi_tasks.findings.risk_register import RiskRegister
from praxi_tasks.store import Store
from tests.airflow.conftest import Configure
from tests.airflow.web.actions.conftest import SITE, Browser

pytestmark = pytest.mark.airflow
END = (datetime.now(UTC).date() + timedelta(90)).isoformat()
RISK = {"finding": "CVE-2026-0001", "reason": "not reached", "owner": "shop", "expires": END}
SHARED = {name: text for name, text in RISK.items() if name != "finding"}
JSON = {"Accept": "application/json"}
PLACE = "/praxi/risks"


def accepted(store: Store) -> list[str]:
    return [each.terms.finding for each in RiskRegister(store).read().acceptances if not each.withdrawn]


def test_an_editor_accepts_renews_and_withdraws(browser: Browser, store: Store) -> None:
    ann = browser("user")
    made = ann.post(PLACE, data=RISK, headers=JSON).json()
    assert (made["state"], made["history"][0]["by"], accepted(store)) == ("active", "ann", ["CVE-2026-0001"])
    place = f"{PLACE}/{made['id']}"
    fields = {"version": 1, "owner": "bank", "reason": "still", "expires": END}
    renewed = browser("user", "bob").post(f"{place}/renew", data=fields, headers=JSON).json()
    assert (renewed["owner"], renewed["version"], renewed["finding"]) == ("bank", 2, "CVE-2026-0001")
    stale = ann.post(f"{place}/withdraw", data={"version": 1, "reason": "fixed"})
    assert (stale.status_code, "meanwhile" in stale.text) == (409, True)
    ended = ann.post(f"{place}/withdraw", data={"version": 2, "reason": "fixed"}, headers=JSON).json()
    assert [event["by"] for event in ended["history"]] == ["ann", "bob", "ann"]
    assert accepted(store) == []


def test_a_form_is_answered_with_the_page(browser: Browser, store: Store) -> None:
    answer = browser("user").post(PLACE, data=RISK)
    (made,) = RiskRegister(store).read().acceptances
    assert (answer.status_code, answer.headers["location"]) == (303, f"/praxi/risks#{made.id}")


@pytest.mark.parametrize(("role", "code"), [(None, 401), ("viewer", 403)])
def test_who_may_not_edit_accepts_nothing(
    browser: Browser, store: Store, role: str | None, code: int
) -> None:
    assert browser(role).post(PLACE, data=RISK).status_code == code
    assert accepted(store) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": SITE},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{SITE}.evil.example"},
        {"Referer": SITE},
        {},
    ],
)
def test_another_site_can_not_make_a_browser_accept(
    browser: Browser, store: Store, headers: dict[str, str]
) -> None:
    client = browser("user")
    del client.headers["Sec-Fetch-Site"]
    assert client.post(PLACE, data=RISK, headers=headers).status_code == 403
    assert accepted(store) == []


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(browser: Browser, store: Store) -> None:
    client = browser("user")
    del client.headers["Sec-Fetch-Site"]
    assert client.post(PLACE, data=RISK, headers={"Origin": SITE}).status_code == 303
    assert accepted(store) == ["CVE-2026-0001"]


def test_the_address_behind_a_proxy_is_a_setting(
    browser: Browser, store: Store, configure: Configure
) -> None:
    client = browser("user")
    del client.headers["Sec-Fetch-Site"]
    origin = {"Origin": "https://airflow.example.org"}
    assert client.post(PLACE, data=RISK, headers=origin).status_code == 403
    configure(pages_url="https://airflow.example.org/")
    assert client.post(PLACE, data=RISK, headers=origin).status_code == 303


@pytest.mark.parametrize("whose", ["nobody", "eve", "forged", "old", "field of eve"])
def test_the_token_is_the_users_own(
    browser: Browser, store: Store, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    client = browser("user")
    mine = client.headers.pop(HEADER)
    eves = form_token(SimpleAuthManagerUser(username="eve", role="user"))
    sent = {"nobody": "", "eve": eves, "forged": mine[:-2] + "xx", "old": mine, "field of eve": ""}[whose]
    if whose == "old":
        monkeypatch.setattr("praxi_airflow.web.actions.origin._LIFE", -1)
    fields = {**RISK, "token": eves} if whose == "field of eve" else RISK
    answer = client.post(PLACE, data=fields, headers={HEADER: sent} if sent else {})
    assert (answer.status_code, accepted(store)) == (403, [])


def test_the_token_may_be_a_field_of_the_form(browser: Browser, store: Store) -> None:
    client = browser("user")
    token = client.headers.pop(HEADER)
    assert client.post(PLACE, data={**RISK, "token": token}).status_code == 303


def test_a_program_presents_a_bearer_token_and_needs_no_form(browser: Browser, store: Store) -> None:
    client = browser("user", own_page=False)
    bearer = {"Authorization": f"Bearer {client.cookies['_token']}"}
    client.cookies.clear()
    assert client.post(PLACE, data=RISK, headers=bearer | JSON).status_code == 200
    assert client.post(PLACE, data=RISK, headers={"Authorization": "Bearer x"}).status_code in {401, 403}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"finding": "*"}, "not a pattern"),
        ({"finding": ""}, "name a finding"),
        ({"expires": "9999-12-31"}, "365 days at most"),
        ({"expires": "2020-01-01"}, "until tomorrow at least"),
        ({"reason": "a\r\nb"}, "control characters"),
        ({"reason": "x" * 3_000}, "2000"),
        ({"owner": ""}, "owner"),
    ],
)
def test_what_can_not_be_accepted_is_refused_with_the_reason(
    browser: Browser, store: Store, fields: dict[str, str], says: str
) -> None:
    answer = browser("user").post(PLACE, data={**RISK, **fields})
    assert (answer.status_code, says in answer.text) == (422, True)
    assert accepted(store) == []


def test_the_longest_time_is_a_setting(browser: Browser, store: Store, configure: Configure) -> None:
    configure(accept_days="30")
    assert browser("user").post(PLACE, data=RISK).status_code == 422


@pytest.mark.parametrize("name", ["0" * 12, "..%2F..%2Fpolicy", "%00", "x" * 500])
def test_a_made_up_acceptance_is_not_found(browser: Browser, store: Store, name: str) -> None:
    answer = browser("user").post(f"{PLACE}/{name}/withdraw", data={"version": 1, "reason": "r"})
    assert answer.status_code in {404, 422}


def test_a_body_larger_than_any_form_is_refused(browser: Browser, store: Store) -> None:
    def endless() -> Any:
        yield b"reason="
        yield from (b"x" * 10_000 for _ in range(10))

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for role in (None, "user"):
        assert browser(role).post(PLACE, content=endless(), headers=form).status_code == 413
    assert accepted(store) == []


def test_a_store_that_is_away_is_no_crash(browser: Browser, configure: Configure) -> None:
    configure(store="s3://nowhere/at-all?region=x")
    assert browser("user").post(PLACE, data=RISK).status_code == 503


def test_a_page_elsewhere_is_never_where_an_answer_leads(browser: Browser, store: Store) -> None:
    answer = browser("user").post(
        f"{PLACE}?next=https://evil.example", data={**RISK, "next": "//evil.example"}
    )
    assert answer.headers["location"].startswith("/praxi/risks#")


def test_findings_that_are_ticked_are_accepted_together(browser: Browser, store: Store) -> None:
    picks = [
        "?kind=vulnerable&finding=CVE-2026-0001",
        "kind=hidden&finding=PRAXI-HIDDEN&package=pypi%2Fa%5B*%5D",
    ]
    fields = {**SHARED, "pick": picks, "namespace": "shop-*"}
    made = browser("user").post(f"{PLACE}/picked", data=fields, headers=JSON).json()["accepted"]
    assert [(one["finding"], one["package"], one["kind"]) for one in made] == [
        ("CVE-2026-0001", "*", "vulnerable"),
        ("PRAXI-HIDDEN", "pypi/a[*]", "hidden"),
    ]
    assert {(one["namespace"], one["owner"], one["accepted_by"]) for one in made} == {
        ("shop-*", "shop", "ann")
    }
    again = browser("user").post(f"{PLACE}/picked", data=fields)
    assert again.headers["location"] == f"/praxi/risks#{made[0]['id']}"
    assert sorted(accepted(store)) == ["CVE-2026-0001", "PRAXI-HIDDEN"]


@pytest.mark.parametrize(
    "fields",
    [
        {"pick": []},
        {"pick": ["kind=vulnerable&finding=CVE-2026-0001", "kind=vulnerable"]},
        {"pick": ["finding=CVE-2026-0001", "finding=CVE-2026-0002&owner=eve"]},
        {"pick": ["finding=CVE-2026-0001", "finding=CVE-*"]},
        {"pick": ["finding=CVE-2026-0001"], "expires": "2020-01-01"},
        {"pick": [f"finding=CVE-2026-{number}" for number in range(201)]},
    ],
)
def test_of_several_findings_all_are_accepted_or_none(
    browser: Browser, store: Store, fields: dict[str, Any]
) -> None:
    answer = browser("user").post(f"{PLACE}/picked", data={**SHARED, **fields})
    assert (answer.status_code, accepted(store)) == (422, [])


@pytest.mark.parametrize(("role", "code"), [(None, 401), ("viewer", 403)])
def test_who_may_not_edit_accepts_nothing_together(
    browser: Browser, store: Store, role: str | None, code: int
) -> None:
    fields = {**SHARED, "pick": ["finding=CVE-2026-0001"]}
    assert browser(role).post(f"{PLACE}/picked", data=fields).status_code == code
    strange = {"Sec-Fetch-Site": "cross-site"}
    assert browser("user").post(f"{PLACE}/picked", data=fields, headers=strange).status_code == 403
    assert accepted(store) == []
