"""One GET request, against a server that answers as it is told."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import HttpError, HttpRefusedError, HttpStatusError, HttpTooLargeError, UsageError
from praxi_tasks.http.fetch import open_url
from tests.support.certificates import self_signed
from tests.support.process import free_port
from tests.support.site import Answer, Site, site

ZIPPED = {"Content-Encoding": "gzip"}


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        yield running


@pytest.fixture
def other() -> Iterator[Site]:
    with site() as running:
        yield running


def get(url: str, limit: int = 100) -> bytes:
    with open_url(url, limit=limit) as answer:
        return answer.read()


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
def test_header_names_in_any_case(server: Site, spell: Callable[[str], str]) -> None:
    server.spell = spell
    packed = gzip.compress(b"page")
    server.answers["/old"] = Answer(b"", status=301, headers={"Location": "/a/page"})
    server.answers["/a/page"] = Answer(
        packed, "Text/HTML; charset=utf-8", headers={"Content-Encoding": "gzip"}
    )
    with open_url(f"{server.url}/old", limit=100) as answer:
        assert (answer.media_type, answer.url) == ("text/html", f"{server.url}/a/page")
        assert answer.read() == b"page"


def test_a_missing_media_type_is_empty(server: Site) -> None:
    server.answers["/page"] = Answer(b"page", "")
    with open_url(f"{server.url}/page", limit=100) as answer:
        assert answer.media_type == ""


def test_each_redirect_is_relative_to_the_one_before(server: Site, other: Site) -> None:
    server.answers["/"] = Answer(b"", status=302, headers={"Location": f"{other.url}/a/b"})
    other.answers["/a/b"] = Answer(b"", status=302, headers={"Location": "c"})
    other.answers["/a/c"] = Answer(b"there")
    with open_url(f"{server.url}/", limit=100) as answer:
        assert (answer.url, answer.read()) == (f"{other.url}/a/c", b"there")


def test_credentials_go_to_their_own_host_only(server: Site, other: Site) -> None:
    server.answers["/"] = Answer(b"", status=302, headers={"Location": f"{other.url}/"})
    other.answers["/"] = Answer(b"there")
    assert get(server.url.replace("://", "://me:s%40cret@") + "/#part") == b"there"
    assert server.asked == [("/", "Basic bWU6c0BjcmV0")]
    assert other.asked == [("/", "")]


@pytest.mark.parametrize("pause", ["9" * 5000, "soon", "Mon, 31 Feb 2026 25:00:00 GMT"])
def test_an_absurd_pause_is_none(server: Site, pause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", slept.append)
    server.answers["/"] = Answer(b"", status=503, headers={"Retry-After": pause})
    with pytest.raises(HttpStatusError, match="503"):
        get(server.url + "/")
    assert all(seconds <= 60 for seconds in slept)


def test_redirects_without_end_are_an_error(server: Site) -> None:
    server.answers["/"] = Answer(b"", status=302, headers={"Location": "/"})
    with pytest.raises(HttpError, match="redirects too often"):
        get(f"{server.url}/")


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, server: Site) -> str:
    """Return the server's URL by a name that a resolver leads to loopback."""
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == "index.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return server.url.replace("127.0.0.1", "index.test")


def test_a_redirect_reaches_no_internal_address(
    named: str, server: Site, other: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/"] = Answer(b"", status=302, headers={"Location": f"{other.url}/"})
    other.answers["/"] = Answer(b"there")
    with pytest.raises(HttpRefusedError, match="internal address") as caught:
        get(f"{named}/")
    assert not caught.value.retryable
    assert other.asked == []
    monkeypatch.setenv("PRAXI_REGISTRY_INTERNAL_HOSTS", "127.0.0.1")
    assert get(f"{named}/") == b"there"


def test_what_a_page_links_to_is_internal_on_the_pages_own_host_only(
    named: str, server: Site, other: Site
) -> None:
    server.answers["/file"] = other.answers["/file"] = Answer(b"file")
    with pytest.raises(HttpRefusedError), open_url(f"{other.url}/file", limit=9, named=named):
        pytest.fail("refused")
    assert other.asked == []
    with open_url(f"{named}/file", limit=9, named=f"{named}/simple") as answer:
        assert answer.read() == b"file"


def test_a_password_goes_over_plain_http_to_hosts_of_a_setting_only(
    named: str, server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/"] = Answer(b"there")
    url = named.replace("://", "://me:hunter2@")
    with pytest.raises(HttpRefusedError, match="over plain HTTP") as caught:
        get(url + "/")
    assert "hunter2" not in str(caught.value)
    assert server.asked == []
    monkeypatch.setenv("PRAXI_REGISTRY_PLAIN_HTTP", "index.test")
    assert get(url + "/") == b"there"


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://[::1/"])
def test_a_redirect_to_what_is_no_url_is_refused(server: Site, target: str) -> None:
    server.answers["/"] = Answer(b"", status=302, headers={"Location": target})
    with pytest.raises(HttpRefusedError, match="no URL"):
        get(f"{server.url}/")


def test_there_is_no_way_back_from_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Site) -> None:
    certificate = self_signed(tmp_path / "server.pem")
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(certificate))
    with site(certificate) as server:
        server.answers["/"] = Answer(b"", status=302, headers={"Location": "http://plain.example/"})
        with pytest.raises(HttpRefusedError, match="from TLS to plain HTTP"):
            get(f"{server.url}/")


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_another_status_is_told(server: Site, status: int) -> None:
    server.answers["/"] = Answer(b"", status=status)
    with pytest.raises(HttpStatusError) as caught:
        get(f"{server.url}/")
    assert caught.value.status == status


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_limit_counts_what_is_unpacked(server: Site, encoding: str) -> None:
    data = bytes(1001)
    body = gzip.compress(data) if encoding == "gzip" else data
    server.answers["/"] = Answer(body, headers={"Content-Encoding": encoding})
    assert get(f"{server.url}/", limit=1001) == data
    with pytest.raises(HttpTooLargeError, match="1,000"):
        get(f"{server.url}/", limit=1000)


def test_a_body_that_breaks_off_is_an_error(server: Site) -> None:
    server.answers["/"] = Answer(b"0123456789", cut=5)
    with pytest.raises(HttpError, match="ProtocolError"):
        get(f"{server.url}/")


def test_a_server_that_is_down_is_a_retryable_error_without_secrets() -> None:
    with pytest.raises(HttpError) as caught:
        get(f"http://me:hunter2@127.0.0.1:{free_port()}/page?key=hunter2")
    assert caught.value.retryable
    assert "hunter2" not in str(caught.value)


def test_a_site_with_an_authority_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path / "server.pem")
    with site(certificate) as server:
        server.answers["/"] = Answer(b"trusted")
        with pytest.raises(HttpError, match="not trusted") as caught:
            get(f"{server.url}/")
        assert "PRAXI_CA_BUNDLE" in caught.value.action
        monkeypatch.setenv("PRAXI_CA_BUNDLE", str(certificate))
        assert get(f"{server.url}/") == b"trusted"


def test_a_server_without_tls(server: Site) -> None:
    with pytest.raises(HttpError, match="does not speak TLS"):
        get(server.url.replace("http://", "https://"))


def test_a_reader_may_stop_early(server: Site) -> None:
    server.answers["/"] = Answer(bytes(10 << 20))
    server.answers["/next"] = Answer(b"next")
    with ExitStack() as stack:
        answer = stack.enter_context(open_url(f"{server.url}/", limit=10 << 20))
        assert next(answer.chunks)
    assert get(f"{server.url}/next") == b"next"


@pytest.mark.parametrize(
    "url", ["", "page", "ftp://x/", "http:///a", "http://[::1", "http://x:99999/", "http://x:0/"]
)
def test_what_is_no_url_is_an_error(url: str) -> None:
    with pytest.raises(HttpError, match="not a URL"):
        get(url)


@given(st.text(max_size=20))
def test_any_text_after_the_scheme_is_an_error_or_unreachable(text: str) -> None:
    with pytest.raises((HttpError, UsageError)):
        get(f"http://[{text}")
