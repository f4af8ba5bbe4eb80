"""Parts of files, of a server that gives them, one that does not, and some that lie."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from praxi_tasks.errors import HttpNoPartsError, HttpStatusError
from praxi_tasks.http import FilePart, read_part
from tests.support.site import Answer, Site, site


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        running.answers["/file"] = Answer(bytes(range(100)))
        yield running


def test_a_part_is_read_from_an_offset_on_or_from_the_end(server: Site) -> None:
    url = f"{server.url}/file"
    assert read_part(url, 3, 10) == FilePart(bytes([10, 11, 12]), 10, 100)
    assert read_part(url, 3, 98) == FilePart(bytes([98, 99]), 98, 100)
    assert read_part(url, 2) == FilePart(bytes([98, 99]), 98, 100)
    assert read_part(url, 1000) == FilePart(bytes(range(100)), 0, 100)
    assert server.ranges == ["bytes=10-12", "bytes=98-100", "bytes=-2", "bytes=-1000"]


def test_a_server_that_sends_the_whole_file_gives_no_parts(server: Site) -> None:
    server.parts = False
    with pytest.raises(HttpNoPartsError, match="no parts"):
        read_part(f"{server.url}/file", 3, 10)


@pytest.mark.parametrize("status", [400, 405, 416, 501])
def test_a_server_that_refuses_a_range_gives_no_parts(server: Site, status: int) -> None:
    server.answers["/file"] = Answer(b"", status=status)
    with pytest.raises(HttpNoPartsError, match=f"no parts of files: it answered {status}"):
        read_part(f"{server.url}/file", 3)


@pytest.mark.parametrize(
    "told",
    [
        "bytes 11-13/100",
        "bytes 10-12/*",
        "bytes 10-11/100",
        "bytes 10-13/100",
        "bytes 10-12/12",
        "units 10-12/100",
    ],
)
def test_another_part_than_was_asked_for_is_refused(server: Site, told: str) -> None:
    server.parts = False
    server.answers["/file"] = Answer(b"abc", status=206, headers={"Content-Range": told})
    with pytest.raises(HttpNoPartsError):
        read_part(f"{server.url}/file", 3, 10)


def test_a_busy_server_tells_how_long(server: Site) -> None:
    server.answers["/file"] = Answer(b"", status=403, headers={"Retry-After": "7"})
    with pytest.raises(HttpStatusError) as caught:
        read_part(f"{server.url}/file", 3, 10)
    assert (caught.value.status, caught.value.wait) == (403, 7.0)
