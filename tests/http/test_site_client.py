"""The client of one server that a setting names, at servers with ways of their own."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from praxi_tasks.errors import HttpError, HttpRefusedError
from praxi_tasks.http import SiteClient, refusal_text, same_host
from tests.support.certificates import authority
from tests.support.site import site


class Asked(NamedTuple):
    method: str
    path: str
    authorization: str
    body: bytes


class Told(NamedTuple):
    status: int
    body: bytes = b""
    location: str = ""
    pause: str = ""


@contextmanager
def server(answer: Callable[[Asked], Told]) -> Iterator[tuple[str, list[Asked]]]:
    """Run a server that answers as it is told; yield its URL and what it was asked."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(Asked(self.command, self.path, self.headers.get("Authorization", ""), body))
            told = answer(asked[-1])
            self.send_response(told.status)
            for name, value in (("Location", told.location), ("Retry-After", told.pause)):
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", asked
    finally:
        running.shutdown()
        running.server_close()


def test_the_account_of_the_url_is_unescaped_and_goes_along_with_a_redirect() -> None:
    moved = Told(307, location="/new")
    with server(lambda asked: Told(200) if "new" in asked.path else moved) as (url, asked):
        client = SiteClient(url.replace("://", "://me%40home:a%3Ab@") + "/base/?x#y", "Server")
        assert client.base == f"{url}/base"
        assert client.request("PUT", "/old", b"data").status == 200
    assert [(one.method, one.path, one.body) for one in asked] == [
        ("PUT", "/base/old", b"data"),
        ("PUT", "/new", b"data"),
    ]
    assert {b64decode(one.authorization.removeprefix("Basic ")) for one in asked} == {b"me@home:a:b"}


def test_a_web_page_is_no_success() -> None:
    with (
        server(lambda _: Told(200, b" <html>")) as (url, _),
        pytest.raises(HttpRefusedError, match="a web page answered in place of Server"),
    ):
        SiteClient(url, "Server").request("PUT", "/")


@pytest.mark.parametrize(
    "target", ["http://elsewhere.invalid/login?secret=1", "http://[::1", "ftp://127.0.0.1/"]
)
def test_no_redirect_leads_elsewhere(target: str) -> None:
    with server(lambda _: Told(302, location=target)) as (url, _):
        with pytest.raises(HttpRefusedError, match="Server redirects to") as caught:
            SiteClient(url, "Server").request("PUT", "/")
        assert "secret" not in str(caught.value)


def test_a_redirect_in_a_circle_ends() -> None:
    with (
        server(lambda asked: Told(307, location=asked.path)) as (url, _),
        pytest.raises(HttpRefusedError, match="Server redirects too often"),
    ):
        SiteClient(url, "Server").request("PUT", "/x")


def test_what_passes_is_asked_again_and_a_long_wait_is_not() -> None:
    answers = [Told(503), Told(200)]
    with server(lambda _: answers.pop(0)) as (url, asked):
        assert SiteClient(url, "Server").request("PUT", "/").status == 200
        assert len(asked) == 2
    with server(lambda _: Told(429, pause="3600")) as (url, asked):
        assert SiteClient(url, "Server").request("PUT", "/").status == 429
        assert len(asked) == 1


def test_an_authority_of_its_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    made = authority(tmp_path)
    with site(made.server) as running:
        SiteClient(running.url, "Server", ca_bundle=str(made.certificate)).request("GET", "/")
        with pytest.raises(HttpError, match="certificate is not trusted"):
            SiteClient(running.url, "Server").request("GET", "/")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/x", "https://a.example/x"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("http://a.example/x", None),
        ("https://b.example/x", None),
        ("//b.example/x", None),
    ],
)
def test_where_a_redirect_may_lead(target: str, expected: str | None) -> None:
    assert same_host("https://a.example/old", target) == expected


def test_what_a_refusal_says() -> None:
    assert refusal_text(b" no\x1b[31m such thing\n") == ": no\\x1b[31m such thing"
    assert refusal_text(b"<html>no") == refusal_text(b" ") == ""
    assert len(refusal_text(b"x" * 10_000)) < 310
