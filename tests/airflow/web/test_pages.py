"""What all pages have in common: who may see them, their forms, and what they say where there is nothing."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from praxi_airflow.run_key import run_key
from praxi_tasks.findings.policy import Route
from praxi_tasks.findings.report import OVERVIEW, Overview
from praxi_tasks.store import Store, documents, keys
from tests.airflow.conftest import Configure
from tests.airflow.web.audits import HOSTILE, data_of, get, put_audit
from tests.airflow.web.conftest import client
from tests.findings.audits import large_audit

pytestmark = pytest.mark.airflow
AUDIT = large_audit(12, 240, components=20)
PATHS = [
    "", "openapi.json", "images", "image?image=x", "software", "findings", "finding?kind=hidden&id=x",
    "namespaces", "changes", "audits", "download?image=x&form=spdx",
]  # fmt: skip


def test_who_is_not_logged_in_reads_nothing(server: FastAPI, store: Store) -> None:
    put_audit(store, AUDIT)
    for path in PATHS:
        answer = client(server, known=False).get(f"/praxi/{path}")
        assert (path, answer.status_code, "team-" in answer.text) == (path, 401, False)


def test_who_may_not_read_the_dag_reads_nothing(
    server: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.app import get_auth_manager

    asked = []

    def refuse(**about: object) -> bool:
        asked.append((about["method"], getattr(about["details"], "id", None)))
        return False

    put_audit(store, AUDIT)
    monkeypatch.setattr(get_auth_manager(), "is_authorized_dag", refuse)
    for path in PATHS:
        answer = client(server).get(f"/praxi/{path}")
        assert (path, answer.status_code, "team-" in answer.text) == (path, 403, False)
    assert set(asked) == {("GET", "praxi_audit")}


def test_every_route_but_styles_and_the_webhook_asks_who_it_is(server: FastAPI) -> None:
    from praxi_airflow.web.asgi import built

    stranger = client(server, known=False)
    for route in built().routes:
        for method in getattr(route, "methods", None) or ():
            path = route.path.replace("{", "").replace("}", "").replace(":path", "")  # type: ignore[attr-defined]
            if not path.startswith("/static"):
                refusal = 403 if path.startswith("/shared") else 401
                assert stranger.request(method, f"/praxi{path}").status_code == refusal, path


def test_the_overview_counts_what_the_audit_found(pages: TestClient, store: Store) -> None:
    put_audit(store, AUDIT, Route(("team-1*",), "shop"))
    data = data_of(pages, "")
    assert data["audit"]["run"] == AUDIT.run
    assert data["coverage"]["images"] == len(AUDIT.images)
    assert data["coverage"]["unchecked"] == len(AUDIT.images)
    assert data["coverage"]["gaps"][0]["aspect"] == "vulnerabilities"
    listed = data_of(pages, "findings")["severities_count"]
    assert listed
    assert data["open"]["severities"] == {name: listed.get(name, 0) for name in data["open"]["severities"]}
    assert sum(row["count"] for row in data["open"]["kinds"]) == sum(listed.values())
    assert sum(row["images"] for row in data["namespaces"]) <= len(AUDIT.images)
    assert len(data["trend"]["times"]) == len(AUDIT.trend)
    assert data["changes"]["resolved"][0]["id"] == "CVE-2026-1"
    assert [feed["name"] for feed in data["feeds"]] == ["Debian advisories", "PyPI advisories"]


def test_the_overview_leads_to_the_other_servers_that_are_set(
    pages: TestClient, store: Store, configure: Configure
) -> None:
    put_audit(store, AUDIT)
    trace, key = "0af7651916cd43dd8448eb211c80319c", keys.run(AUDIT.run, OVERVIEW)
    overview = documents.read(store, key, Overview)
    documents.write(store, key, msgspec.structs.replace(overview, trace=trace))
    assert [page["name"] for page in data_of(pages, "")["elsewhere"]] == ["The run in Airflow"]
    configure(
        trace_url="https://jaeger.example/trace/{trace_id}?embed",
        models_url="https://mlflow.example/#/models/praxi",
        dashboards_url="https://grafana.example/dashboards/",
        serving_url="https://serve.example/v2",
    )
    found = {page["name"]: page["href"] for page in data_of(pages, "")["elsewhere"]}
    assert found.pop("The run in Airflow").endswith(f"/dags/praxi_audit/runs/{AUDIT.run}")
    assert found == {
        "Its trace": f"https://jaeger.example/trace/{trace}?embed",
        "The model in MLflow": "https://mlflow.example/#/models/praxi",
        "The model as it is served": "https://serve.example/v2",
        "Dashboards": "https://grafana.example/dashboards",
    }
    assert f'rel="external" href="https://jaeger.example/trace/{trace}?embed"' in get(pages, "").text


def test_each_page_is_html_json_and_openapi(pages: TestClient, store: Store) -> None:
    put_audit(store, AUDIT)
    page = get(pages, "")
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    accepted = pages.get("", headers={"Accept": "application/json"})
    assert accepted.json() == pages.get("", params={"format": "json"}).json()
    assert "/" in pages.get("openapi.json").json()["paths"]


def test_styles_and_scripts_can_be_kept_for_good(pages: TestClient, store: Store) -> None:
    put_audit(store, AUDIT)
    text = get(pages, "").text
    parts = {part for part in text.split('"') if part.startswith("/praxi/static/")}
    assert len(parts) >= 5
    for part in parts:
        answer = pages.get(f"http://testserver{part}")
        assert (part, answer.status_code) == (part, 200)
        assert "immutable" in answer.headers["cache-control"]
    assert pages.get("static/old/look.css").status_code == 404
    assert "style=" not in text
    assert "<script>" not in text


def test_without_an_audit_nothing_is_claimed(pages: TestClient) -> None:
    answer = get(pages, "")
    assert answer.status_code == 200
    assert "Nothing was looked at" in answer.text
    assert 'data-again="20"' in answer.text  # nobody has to load it again when there is one
    assert pages.get("", params={"format": "json"}).json()["state"] == "empty"


def begin(store: Store, run: str, *, batches: int = 4, read: int = 1) -> None:
    """Store what a run has left that reads layers."""
    for name, content in (
        ("images", b"[]"),
        ("plan", b"{}"),
        ("batches", json.dumps([1] * batches).encode()),
    ):
        store.replace(keys.run(run, f"{name}.json"), content)
    for number in range(read):
        store.replace(keys.run(run, f"batches/{number}.json"), b"{}")


def test_before_the_first_audit_is_complete_its_run_is_shown(pages: TestClient, store: Store) -> None:
    run = run_key("manual__2026-11-29T08:00:00+00:00")
    begin(store, run)
    text = get(pages, "").text
    assert "The first is under way" in text
    assert 'data-again="20"' in text
    assert "/dags/praxi_audit/runs/manual__2026-11-29T08%3A00%3A00%2B00%3A00" in text
    (told,) = pages.get("", params={"format": "json"}).json()["running"]
    assert (told["run"], told["step"], told["batches"], told["read"]) == (run, "plan", 4, 1)


def test_a_run_that_has_stored_nothing_for_hours_goes_on_no_more(
    pages: TestClient, store: Store, store_folder: Path, configure: Configure
) -> None:
    put_audit(store, AUDIT)
    begin(store, "manual__old")
    begin(store, "manual__new", read=0)
    assert {run["run"] for run in data_of(pages, "")["running"]} == {"manual__old", "manual__new"}
    for file in (store_folder / "audits" / "manual__old").rglob("*.json"):
        os.utime(file, (time.time() - 4 * 3600,) * 2)
    configure(pages_seconds=21)  # another reader, which remembers nothing
    (running,) = data_of(pages, "")["running"]
    assert (running["run"], running["read"]) == ("manual__new", 0)
    assert datetime.fromisoformat(running["written"]).timestamp() == pytest.approx(time.time(), abs=600)
    assert [run["run"] for run in data_of(pages, "audits")["running"]] == ["manual__new"]


def test_a_run_is_called_as_airflow_calls_it(pages: TestClient, store: Store) -> None:
    put_audit(store, msgspec.structs.replace(AUDIT, run=run_key("scheduled__2026-11-21T00:00:00+00:00")))
    assert "<code>scheduled__2026-11-21T00:00:00+00:00</code>" in get(pages, "audits").text
    assert 'title="scheduled__2026-11-21T00:00:00+00:00"' in get(pages, "").text


def test_an_audit_that_is_not_there_is_named(pages: TestClient, store: Store) -> None:
    put_audit(store, AUDIT)
    answer = get(pages, "", audit="manual__never")
    assert (answer.status_code, "Nothing here" in answer.text) == (404, True)
    assert get(pages, "", audit="../../x").status_code == 422


def test_the_newest_complete_audit_is_shown(pages: TestClient, store: Store, configure: Configure) -> None:
    put_audit(store, AUDIT)
    later = msgspec.structs.replace(AUDIT, run="scheduled__2026-11-21", at="2026-11-21T00:00:00Z")
    put_audit(store, later)
    assert data_of(pages, "")["audit"]["run"] == later.run
    store.delete(keys.run(later.run, OVERVIEW))
    configure(pages_seconds=21)  # another reader, which remembers nothing
    assert data_of(pages, "")["audit"]["run"] == AUDIT.run
    assert data_of(pages, "", audit=AUDIT.run)["audit"]["run"] == AUDIT.run


def test_a_report_that_was_made_again_is_not_the_first(pages: TestClient, store: Store) -> None:
    put_audit(store, msgspec.structs.replace(AUDIT, run="scheduled__2026-11-19", at="2026-11-19T00:00:00Z"))
    put_audit(store, msgspec.structs.replace(AUDIT, before=AUDIT.at))
    assert data_of(pages, "", audit=AUDIT.run)["changes"]["since"] == "2026-11-19T00:00:00Z"
    text = get(pages, "", audit=AUDIT.run).text
    assert "Since 19 Nov 2026" in text
    assert "The first audit" not in text


def test_tables_that_are_another_audits_are_refused(pages: TestClient, store: Store) -> None:
    put_audit(store, AUDIT)
    store.replace(keys.run(AUDIT.run, "tables/images.parquet"), b"PAR1")
    answer = get(pages, "")
    assert (answer.status_code, "another than its audit says" in answer.text) == (503, True)


def test_hostile_text_is_shown_as_text(pages: TestClient, store: Store) -> None:
    first, *others = AUDIT.images
    finding = msgspec.structs.replace(first.findings[0], title=HOSTILE, package=HOSTILE, severity="critical")
    image = msgspec.structs.replace(first, image=HOSTILE, namespaces=(HOSTILE,), findings=(finding,) * 2)
    new = frozenset({(image.key, finding.key)})
    put_audit(store, msgspec.structs.replace(AUDIT, images=(image, *others), new=new))
    text = get(pages, "").text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_two_processes_prepare_one_file(store: Store, tmp_path: Path) -> None:
    from praxi_airflow.web.data.audits import Audits
    from praxi_airflow.web.data.prepared import PreparedFiles

    put_audit(store, AUDIT)
    overview = Audits(store).overview(AUDIT.run)
    made = {PreparedFiles(store, tmp_path / "shared", "1GB").make(overview) for _ in range(2)}
    (file,) = made
    assert [path.name for path in (tmp_path / "shared").glob("*.duckdb")] == [file.name]
