"""Sites that want to be left alone are, whatever else is to be had from them."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import FeedError
from praxi_tasks.findings.feeds.busy_hosts import BusyHosts
from praxi_tasks.findings.feeds.fetching import read_url
from tests.support.site import Answer, Site, site

HOST = "feeds.example"


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waited.append)
    return waited


def ask(server: Site, name: str, status: int, wait: str) -> None:
    server.answers[f"/{name}"] = Answer(b"", status=status, headers={"Retry-After": wait})
    with pytest.raises(FeedError, match=str(status)) as caught:
        read_url(f"{server.url}/{name}", 9.0)
    assert caught.value.retryable


def test_a_site_that_asks_for_a_day_is_asked_once(slept: list[float]) -> None:
    with site() as server, site() as other:
        for name in "abcdefgh":
            ask(server, name, 503, "86400")
        assert [path for path, _ in server.asked] == ["/a"]
        other.answers["/a"] = Answer(b"there")
        assert read_url(f"{other.url}/a", 9.0) == b"there"
    assert slept == []


def test_a_site_that_is_busy_again_and_again_is_left_alone(slept: list[float]) -> None:
    with site() as server:
        for name in "abcdefgh":
            ask(server, name, 429, "30")
        assert {path for path, _ in server.asked} == {f"/{name}" for name in "abcde"}


def test_what_a_site_does_not_have_says_nothing_of_the_rest() -> None:
    with site() as server:
        for name in "abcdefgh":
            ask(server, name, 404, "86400")
        assert len(server.asked) == 8


def test_an_answer_ends_the_row() -> None:
    hosts = BusyHosts()
    for _ in range(2):
        for _ in range(4):
            hosts.failed(HOST, "the server answered 503", 30.0)
        hosts.check(HOST, "")
        hosts.answered(HOST)
    for _ in range(5):
        hosts.failed(HOST, "the server did not answer in time")
    with pytest.raises(FeedError, match=r"did not answer in time before.* for (60|59) seconds"):
        hosts.check(HOST, "https://feeds.example/a")


def test_no_site_is_left_alone_for_a_day() -> None:
    hosts = BusyHosts()
    hosts.failed(HOST, "the server answered 429", float("inf"))
    with pytest.raises(FeedError, match=r"for (600|599) seconds"):
        hosts.check(HOST, "")
