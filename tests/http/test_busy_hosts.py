"""Servers that want to be left alone are, whatever else is to be had from them."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import HttpStatusError
from praxi_tasks.http.busy_hosts import BusyHosts
from praxi_tasks.http.fetch import open_url
from tests.support.site import Answer, site

HOST = "feeds.example"


def test_a_day_of_waiting_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", slept.append)
    with site() as server:
        for name in "abcdef":
            server.answers[f"/{name}"] = Answer(b"", status=503, headers={"Retry-After": "86400"})
            with pytest.raises(HttpStatusError, match="503"), open_url(f"{server.url}/{name}", limit=9):
                pytest.fail("it is busy")
        assert {path for path, _ in server.asked} == {"/a"}
    assert sum(slept) <= 120


def test_another_host_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)
    with site() as busy, site() as server:
        busy.answers["/"] = Answer(b"", status=429, headers={"Retry-After": "3600"})
        server.answers["/"] = Answer(b"there")
        server.answers["/away"] = Answer(b"", status=302, headers={"Location": f"{busy.url}/"})
        with pytest.raises(HttpStatusError), open_url(f"{busy.url}/", limit=9):
            pytest.fail("it is busy")
        with open_url(f"{server.url}/", limit=9) as answer:
            assert answer.read() == b"there"
        asked = len(busy.asked)
        with pytest.raises(HttpStatusError, match="429"), open_url(f"{server.url}/away", limit=9):
            pytest.fail("it leads to the busy one")
        assert len(busy.asked) == asked


def test_short_waits_count_in_a_row() -> None:
    hosts = BusyHosts()
    for _ in range(4):
        hosts.refused(HOST, 503, 30.0)
    hosts.answered(HOST)
    for _ in range(4):
        hosts.refused(HOST, 503, None)
    hosts.check(HOST, "")
    hosts.refused(HOST, 503, 30.0)
    with pytest.raises(HttpStatusError, match="503") as caught:
        hosts.check(HOST, "https://feeds.example/a")
    assert caught.value.retryable
    assert caught.value.wait is not None
    assert 0 < caught.value.wait <= 60


def test_no_host_is_left_alone_for_a_day() -> None:
    hosts = BusyHosts()
    hosts.refused(HOST, 429, float("inf"))
    with pytest.raises(HttpStatusError) as caught:
        hosts.check(HOST, "")
    assert caught.value.wait is not None
    assert caught.value.wait <= 600
