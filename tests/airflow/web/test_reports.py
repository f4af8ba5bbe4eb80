"""A run's report as Airflow's web server hands it out: to whom, how, and what is said where there is none."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, Route, expect

from praxi_airflow.hooks.store import connected_store
from praxi_airflow.run_key import run_key
from praxi_airflow.settings import load_settings
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.learning.run.report.page import training_page
from praxi_tasks.store import Store, keys
from tests.airflow.conftest import Configure
from tests.airflow.web.conftest import client
from tests.findings.audits import large_audit
from tests.learning.run.report.report_data import report_data
from tests.support.browser import chromium, overheard
from tests.support.s3 import ObjectStore

pytestmark = pytest.mark.airflow
RUN = "manual__2026-11-20T00:00:00+00:00"
PLACE = f"/praxi/reports/praxi_train/{quote(RUN, safe='')}"


def test_a_report_is_shown_without_any_origin(server: FastAPI, store: Store) -> None:
    store.put(keys.training_run(run_key(RUN), "report.html"), b"<h1>learned</h1>")
    answer = client(server).get(PLACE)
    assert (answer.status_code, answer.text) == (200, "<h1>learned</h1>")
    assert answer.headers["content-type"].startswith("text/html")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.slow
def test_a_report_draws_its_charts_in_a_frame_of_another_page(server: FastAPI, store: Store) -> None:
    store.put(keys.training_run(run_key(RUN), "report.html"), training_page(report_data()).encode())
    answer = client(server).get(PLACE)
    site = "http://airflow.test"
    with chromium() as browser:
        page = browser.new_page()
        page.route(
            f"{site}/", lambda route: route.fulfill(content_type="text/html", body=f"<iframe src={PLACE}>")
        )
        headers = {name: answer.headers[name] for name in ("content-type", "content-security-policy")}
        page.route(site + PLACE, lambda route: route.fulfill(headers=headers, body=answer.text))
        heard = overheard(page)
        page.goto(f"{site}/")
        page.frame_locator("iframe").locator("body[data-drawn=yes]").wait_for()
        report = page.frames[1]
        assert report.evaluate("[origin, document.querySelectorAll('figure svg').length]") == ["null", 5]
    assert heard == [f"{site}/", site + PLACE]


@pytest.mark.slow
def test_the_tab_of_a_run_is_dark_as_airflow_is_and_waits_for_its_report(
    server: FastAPI, store: Store
) -> None:
    site, known = "http://airflow.test", client(server)

    def answer(route: Route) -> None:
        told = known.get(route.request.url.removeprefix(site))
        names = ("content-type", "content-security-policy")
        headers = {name: told.headers[name] for name in names if name in told.headers}
        route.fulfill(status=told.status_code, headers=headers, body=told.content)

    with chromium() as browser:
        page = browser.new_context(color_scheme="light").new_page()
        page.route(f"{site}/**", answer)
        page.goto(f"{site}{PLACE}?tab")
        report = page.frame_locator("iframe#report")
        expect(report.locator("body")).to_contain_text("There is no report yet")
        assert report.locator("meta[http-equiv=refresh]").get_attribute("content") == "10"
        store.put(keys.training_run(run_key(RUN), "report.html"), report_page(large_audit(1, 3)).encode())
        page.frames[1].evaluate("location.reload()")
        report.locator("body[data-ready=yes]").wait_for()
        light = _ground(page)
        page.evaluate("localStorage.setItem('theme', 'dark'); dispatchEvent(new Event('storage'))")
        expect(report.locator("html")).to_have_attribute("data-theme", "dark")
        assert _ground(page) != light
        assert report.locator("tbody tr.row").count() > 0


def _ground(page: Page) -> str:
    ground: str = page.frames[1].evaluate("getComputedStyle(document.body).backgroundColor")
    return ground


def test_who_is_not_logged_in_sees_nothing(server: FastAPI, store: Store) -> None:
    store.put(keys.training_run(run_key(RUN), "report.html"), b"<h1>learned</h1>")
    answer = client(server, known=False).get(PLACE)
    assert answer.status_code == 401
    assert "learned" not in answer.text
    assert client(server, known=False).get(f"{PLACE}?tab").status_code == 401


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("praxi_train/never", "no report yet"),
        ("praxi_audit/never", "no report yet"),
        ("praxi_train/..%2F..%2Freleases", "no report yet"),
        ("praxi_feeds/run", "have no report; those of praxi_audit and praxi_train do"),
    ],
)
def test_where_there_is_no_report_a_page_says_so(
    server: FastAPI, store_folder: Path, path: str, told: str
) -> None:
    answer = client(server).get(f"/praxi/reports/{path}")
    assert (answer.status_code, told in answer.text) == (404, True)


def test_a_store_that_can_not_be_read_is_no_crash(server: FastAPI, configure: Configure) -> None:
    configure(store="s3://nowhere/at-all?region=x")
    assert client(server).get(PLACE).status_code == 503


@pytest.mark.server
def test_a_report_in_s3_is_read_by_a_connection_in_airflows_database(
    server: FastAPI, object_store: ObjectStore, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")  # as the API server's process has it
    for name in object_store.environment:
        monkeypatch.delenv(name, raising=False)
    extra = json.dumps({"endpoint_url": object_store.url, "region_name": "us-east-1"})
    user, password = object_store.access_key, object_store.secret_key
    with create_session() as session:
        session.add(
            Connection("bucket_of_reports", conn_type="aws", login=user, password=password, extra=extra)
        )
    configure(
        store=object_store.create_bucket(f"reports-{uuid.uuid4().hex}"), store_connection="bucket_of_reports"
    )
    connected_store(load_settings()).put(keys.training_run(run_key(RUN), "report.html"), b"<h1>learned</h1>")
    answer = client(server).get(PLACE)
    assert (answer.status_code, answer.text) == (200, "<h1>learned</h1>")


def test_airflow_names_the_pages_and_the_report(server: FastAPI) -> None:
    views = client(server).get("/api/v2/plugins").json()["plugins"][0]["external_views"]
    assert {(view["destination"], view["href"]) for view in views} == {
        ("nav", "/praxi/"),
        ("dag", "/praxi/"),
        ("dag_run", "/praxi/reports/{DAG_ID}/{RUN_ID}?tab"),
    }
