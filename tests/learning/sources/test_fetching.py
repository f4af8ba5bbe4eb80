"""What an index answered, or did not, says whether another try may help."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import (
    HttpError,
    HttpRefusedError,
    HttpStatusError,
    HttpTooLargeError,
    IndexUnavailableError,
    PraxiError,
    ReleaseError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
)
from praxi_tasks.learning.sources.fetching import read_page, release_errors, save_file
from praxi_tasks.learning.sources.pacing import Pace
from praxi_tasks.learning.sources.remote_file import RemoteFile
from tests.support.site import Answer, site


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (HttpStatusError(404), ReleaseNotFoundError),
        (HttpStatusError(403), ReleaseError),
        (HttpStatusError(429), IndexUnavailableError),
        (HttpStatusError(502), IndexUnavailableError),
        (HttpStatusError(511), ReleaseError),
        (HttpError("the server can't be reached"), IndexUnavailableError),
        (HttpRefusedError("a redirect leads elsewhere"), ReleaseError),
        (HttpTooLargeError("more than a page"), ReleaseRefusedError),
    ],
)
def test_errors_of_http_become_those_of_a_release(error: HttpError, kind: type[PraxiError]) -> None:
    with pytest.raises(ReleaseError) as raised, release_errors():
        raise error
    assert type(raised.value) is kind
    assert raised.value.retryable is (kind is IndexUnavailableError)


def test_a_busy_host_is_asked_by_nobody_else_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that waits by itself lets all others go on asking."""
    rests = [0.0]
    with site() as server:
        server.answers["/x"] = Answer(b"", status=429, headers={"Retry-After": "7"})
        pace = Pace(2, rests.append, lambda: sum(rests))
        monkeypatch.setattr("praxi_tasks.learning.sources.pacing._pace_of", lambda *_: pace)
        asks = (
            lambda: read_page(f"{server.url}/x", "text/plain"),
            lambda: save_file(f"{server.url}/x", tmp_path / "x", index=server.url),
            lambda: RemoteFile(f"{server.url}/x", server.url, tail=9),
        )
        for ask in asks:
            server.asked.clear()
            rests[:] = [sum(rests)]
            with pytest.raises(IndexUnavailableError, match="answered 429"):
                ask()
            assert len(server.asked) == 6
            assert min(rests[1:]) >= 7


LOGIN = b"\xef\xbb\xbf\n<!DOCTYPE HTML><form><input name=x><INPUT id=p TYPE = 'password'></form>"
LISTING = b"<!DOCTYPE html><form><input type=submit></form><a href=x-1.0-py3-none-any.whl>x</a>"


@pytest.mark.parametrize(
    ("body", "accept", "refused"),
    [
        (LOGIN, "text/html", True),
        (LOGIN, "application/json", True),
        (LISTING, "text/html, application/json", False),
        (LISTING, "text/plain, */*;q=0.5", True),
        (b"<metadata/>", "application/xml", False),
        (b"html of no kind", "text/plain", False),
    ],
)
def test_a_login_page_says_nothing_of_an_index(body: bytes, accept: str, refused: bool) -> None:
    with site() as server:
        server.answers["/simple/x/"] = Answer(body, "text/html")
        if not refused:
            assert read_page(f"{server.url}/simple/x/", accept).data == body
            return
        with pytest.raises(IndexUnavailableError, match="a web page answered in place of the index"):
            read_page(f"{server.url}/simple/x/", accept)
