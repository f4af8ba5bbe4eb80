"""Prometheus and Kubernetes, asked by the command line over a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.doctor import RIGHTS, ask_prometheus, check_rights, review_right
from praxi_tasks.errors import HttpError, UsageError
from tests.support.cluster.cluster import Cluster
from tests.support.site import Answer, Site, site

QUERY = "/api/v1/query?query=count%28up%29"


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        yield running


@pytest.fixture
def token(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("open-sesame\n")
    return tmp_path / "token"


def test_a_number_of_prometheus(server: Site, token: Path) -> None:
    result = [{"metric": {}, "value": [1, "7"]}]
    for found, number in ((result, 7.0), ([], 0.0)):
        body = json.dumps({"status": "success", "data": {"result": found}}).encode()
        server.answers[QUERY] = Answer(body, "application/json")
        assert ask_prometheus(server.url + "/", token)("count(up)") == number
    assert server.asked[0] == (QUERY, "Bearer open-sesame")


@pytest.mark.parametrize(
    ("answer", "message", "retryable"),
    [
        (Answer(b"<html>login"), "no Prometheus", False),
        (Answer(b"[]"), "no Prometheus", False),
        (Answer(b"", status=401), "answered 401.*check the token", False),
        (Answer(b"", status=302, headers={"Location": "/login"}), "answered 302", False),
        (Answer(b"", status=503), "answered 503", True),
        (Answer(b"", status=522), "answered 522", True),
    ],
)
def test_what_is_no_number(server: Site, answer: Answer, message: str, retryable: bool) -> None:
    server.answers[QUERY] = answer
    with pytest.raises(HttpError, match=message) as caught:
        ask_prometheus(server.url)("count(up)")
    assert caught.value.retryable is retryable


def test_a_token_is_not_sent_in_the_clear(token: Path) -> None:
    with pytest.raises(HttpError, match="plain HTTP"):
        ask_prometheus("http://prometheus.example", token)("up")
    with pytest.raises(UsageError, match="token can't be read"):
        ask_prometheus("https://prometheus.example", token.with_name("none"))("up")
    with pytest.raises(UsageError, match="not a URL"):
        ask_prometheus("prometheus.example:9090")("up")


@pytest.mark.server
def test_rights_are_asked_of_the_cluster(tmp_path: Path, token: Path) -> None:
    with Cluster(tmp_path) as cluster:
        allowed = review_right(cluster.url, token, "", "praxi")
        assert check_rights(allowed, "praxi").status == "ok"
        cluster.rights.rules = {"pods": {"create", "get", "list", "patch"}, "events": {"list", "watch"}}
        assert check_rights(allowed, "praxi").what.endswith("may not delete pods, get pods/log")
    assert len(RIGHTS) == 8
