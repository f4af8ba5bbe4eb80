"""Alerts to Alertmanagers that are many, away, or behind a proxy."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.notify.alertmanager import Alert, Alertmanager, Alertmanagers, _portions
from tests.support.alertmanager import alertmanager, eventually
from tests.support.faults import Faults, Kind
from tests.support.faulty_proxy import faulty_proxy
from tests.support.process import free_port

NOW = datetime.now(UTC)
TIMES = (NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat())
MANY = [
    Alert({"alertname": "Many", "n": str(number)}, {"text": "x" * 2_000}, *TIMES) for number in range(900)
]


@contextmanager
def strict_proxy() -> Iterator[tuple[str, list[int]]]:
    """Run what refuses a body above 1 MiB, as nginx does by default, and counts the alerts of others."""
    taken: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200 if len(body) <= 1 << 20 else 413)
            self.send_header("Content-Length", "0")
            self.end_headers()
            taken.append(len(json.loads(body)))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        server.server_close()


def test_many_alerts_go_in_portions() -> None:
    with strict_proxy() as (url, taken):
        Alertmanager(url).post(MANY)
    assert sum(taken) == len(MANY)
    assert max(taken) <= 64


def test_an_alert_that_is_refused_keeps_no_other_from_being_told() -> None:
    huge = Alert({"alertname": "Huge"}, {"text": "x" * (2 << 20)}, *TIMES)
    with strict_proxy() as (url, taken), pytest.raises(NotifyError, match="413"):
        Alertmanager(url).post([huge, *MANY])
    assert sum(taken) == len(MANY) + 1


def test_portions_are_tried_again_where_a_server_fails_now_and_then() -> None:
    faults = Faults([Kind.REFUSED, Kind.RESET, Kind.LOST], 0.3, 1)
    faults.active = True
    with strict_proxy() as (url, taken), faulty_proxy(url, faults) as proxy:
        Alertmanager(proxy.url).post(MANY)
        assert sum(taken) >= len(MANY)
        assert sum(faults.counts.values()) > 0
        faults.away = True
        with pytest.raises(NotifyError, match="the connection to the Alertmanager failed"):
            Alertmanager(proxy.url).post(MANY[:1])


@given(st.lists(st.integers(0, 200_000), max_size=150))
def test_portions_are_bounded_and_hold_everything_in_order(sizes: list[int]) -> None:
    alerts = [Alert({"n": str(n)}, {"text": "x" * size}) for n, size in enumerate(sizes)]
    bodies = list(_portions(alerts))
    assert [alert["labels"]["n"] for body in bodies for alert in json.loads(body)] == [
        str(n) for n in range(len(sizes))
    ]
    assert all(len(json.loads(body)) <= 64 and len(body) < 1 << 20 for body in bodies)


@pytest.mark.parametrize("url", ["http://a:9093 http://b:9093", "http://a:9093,http://b:9093", "a:9093", ""])
def test_several_urls_are_not_one(url: str) -> None:
    with pytest.raises(UsageError):
        Alertmanager(url)


def _fires_all(url: str) -> bool:
    return len(Alertmanager(url).active("Many")) == 100


@pytest.mark.server
@pytest.mark.needs("prometheus-alertmanager")
def test_every_member_is_told_and_one_may_be_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    hook = "http://127.0.0.1:1/"
    with alertmanager(tmp_path / "a", hook) as one, alertmanager(tmp_path / "b", hook) as two:
        group = Alertmanagers(f"{one},{away} {two}")
        group.post(MANY[:100])
        assert "can't be reached" in caplog.text
        for url in (one, two):
            eventually(partial(_fires_all, url))
        page = "https://airflow.example/praxi/images?namespace=shop"
        group.post([Alert({"alertname": "Linked"}, {"page": page}, *TIMES)])
        eventually(lambda: [each.generator_url for each in group.active("Linked")] == [page])
        assert len(group.active("Many")) == 100


def test_a_member_that_does_not_answer_is_waited_for_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with front(lambda _: (503, "")) as (away, seldom), front(lambda _: (200, "")) as (there, often):
        group = Alertmanagers(f"{away} {there}")
        for name in ("One", "Two", "Three"):
            assert group.active(name) == []
        group.post(MANY[:1])
    assert (len(often), {asked.method for asked in seldom}, len(seldom)) == (4, {"GET"}, 5)
    assert caplog.text.count("answered 503") == 1


def test_a_member_that_refuses_alerts_is_told_the_next_ones() -> None:
    with front(lambda _: (400, "")) as (strict, asked), front(lambda _: (200, "")) as (there, _):
        group = Alertmanagers(f"{strict} {there}")
        group.post(MANY[:1])
        group.post(MANY[1:2])
    assert len(asked) == 2


def test_no_member_that_answers_is_an_error() -> None:
    group = Alertmanagers(" ".join(f"http://127.0.0.1:{free_port()}" for _ in range(2)))
    with pytest.raises(NotifyError, match="can't be reached"):
        group.post(MANY[:1])
    with pytest.raises(NotifyError, match="can't be reached"):
        group.active("Many")
    with pytest.raises(UsageError):
        Alertmanagers(" ")


class _Asked(NamedTuple):
    method: str
    path: str
    authorization: str
    tenant: str = ""


@contextmanager
def front(
    answer: Callable[[_Asked], tuple[int, str]], body: bytes = b"[]", pause: str = ""
) -> Iterator[tuple[str, list[_Asked]]]:
    """Run what stands before an Alertmanager: it answers with a status and where that leads.

    ``pause`` is for how long it asks to be left alone.
    """
    asked: list[_Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            authorization, tenant = (
                self.headers.get(name, "") for name in ("Authorization", "X-Scope-OrgID")
            )
            asked.append(_Asked(self.command, self.path, authorization, tenant))
            status, location = answer(asked[-1])
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            if pause:
                self.send_header("Retry-After", pause)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_the_same_host_keeps_method_and_credentials(status: int) -> None:
    with front(lambda asked: (200, "") if "/am/" in asked.path else (status, f"/am{asked.path}")) as (
        url,
        asked,
    ):
        Alertmanager(url.replace("://", "://me%40home:a%3Ab@")).post(MANY[:1])
        basic = "Basic " + b64encode(b"me@home:a:b").decode()
        assert asked == [_Asked("POST", f"{prefix}/api/v2/alerts", basic) for prefix in ("", "/am")]
        assert Alertmanager(url).active("Many") == []


def test_a_redirect_elsewhere_is_told_and_not_followed() -> None:
    with (
        front(lambda _: (200, "")) as (other, never),
        front(lambda _: (302, f"{other.replace('127.0.0.1', 'localhost')}/login?secret=1")) as (url, _),
    ):
        with pytest.raises(NotifyError, match="redirects to http://localhost") as caught:
            Alertmanager(url).post(MANY[:1])
        assert "secret" not in str(caught.value)
        assert never == []


def test_a_redirect_in_a_circle_ends() -> None:
    with front(lambda asked: (307, asked.path)) as (url, _), pytest.raises(NotifyError, match="too often"):
        Alertmanager(url).post(MANY[:1])


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_is_one(status: int) -> None:
    with front(lambda _: (status, "")) as (url, asked):
        Alertmanager(f"{url}/prefix/").post(MANY[:1])
    assert [one.path for one in asked] == ["/prefix/api/v2/alerts"]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, r"answered 401 .*; check PRAXI_ALERTMANAGER_TOKEN, and PRAXI_ALERTMANAGER_HEADERS"),
        (403, r"answered 403 .*; check PRAXI_ALERTMANAGER_TOKEN"),
        (404, r"answered 404 .*; check the URL and its path: version 2"),
        (410, r"answered 410 .*; check the URL and its path: version 2"),
        (413, r"answered 413 .*; let the proxy before it pass bodies of 1 MiB"),
        (500, r"answered 500 .*; see its log"),
        (200, r"a web page answered in place of Alertmanager .*; check the URL, and that the credentials"),
    ],
)
def test_a_page_is_not_quoted_and_not_taken_for_success(
    status: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with front(lambda _: (status, ""), b"\n<html>Sign in") as (url, _):
        for ask in (lambda: Alertmanager(url).post(MANY[:1]), lambda: Alertmanager(url).active("Many")):
            with pytest.raises(NotifyError, match=message) as caught:
                ask()
            assert "Sign in" not in str(caught.value)


def test_a_long_wait_is_left_to_the_next_try() -> None:
    with front(lambda _: (429, ""), pause="3600") as (url, asked):
        with pytest.raises(NotifyError, match=r"answered 429.*try again later"):
            Alertmanager(url).post(MANY[:1])
        assert len(asked) == 1


def test_values_of_filters_are_quoted() -> None:
    with front(lambda _: (200, "")) as (url, asked):
        Alertmanager(url).active("Many", praxi='our "test" \\ü')
    given = parse_qs(urlsplit(asked[0].path).query)["filter"]
    assert given == ['alertname="Many"', 'praxi="our \\"test\\" \\\\ü"']


def test_a_tenant_is_named_by_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_ALERTMANAGER_HEADERS", "X-Scope-OrgID=shop|zoo, X-Other=a=b")
    with front(lambda _: (200, "")) as (url, asked):
        Alertmanager(url).post(MANY[:1])
    assert asked[0].tenant == "shop|zoo"
    for wrong in ("hunter2", "a b=hunter2", "X-Y=h\xfcnter2", "=hunter2"):
        monkeypatch.setenv("PRAXI_ALERTMANAGER_HEADERS", wrong)
        with pytest.raises(UsageError, match="not a header") as caught:
            Alertmanager(url)
        assert "hunter2" not in str(caught.value)
