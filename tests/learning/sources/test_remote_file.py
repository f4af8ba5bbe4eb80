"""A file that is read in parts is the file, however it is read, and takes few requests."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxi_tasks.errors import NoPartsError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.learning.sources import remote_file
from praxi_tasks.learning.sources.remote_file import RemoteFile
from tests.support.site import Answer, Site, site

DATA = random.Random(1).randbytes(5_000)
_PLACES = st.integers(0, len(DATA) + 50)


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        running.answers["/file"] = Answer(DATA)
        yield running


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(_PLACES, st.integers(-1, 900)), max_size=8), st.sampled_from([0, 1, 700, 9_000]))
def test_any_reading_gives_what_the_file_holds(
    server: Site, readings: list[tuple[int, int]], tail: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote_file, "_LEAST", 64)
        file = RemoteFile(f"{server.url}/file", server.url, tail=tail)
        whole = io.BytesIO(DATA)
        assert file.size == len(DATA)
        for place, size in readings:
            assert file.seek(place) == whole.seek(place)
            assert file.read(size) == whole.read(size)
            assert file.tell() == whole.tell()
        assert file.seek(-5, io.SEEK_END) == whole.seek(-5, io.SEEK_END)
        assert file.read() == whole.read()


def test_what_was_fetched_is_not_fetched_again(server: Site) -> None:
    file = RemoteFile(f"{server.url}/file", server.url, tail=1_000)
    assert file.holds(4_000, 5_000)
    assert not file.holds(3_999, 5_000)
    file.seek(4_100)
    file.read(500)
    assert file.requests == 1
    file.seek(3_900)
    assert file.read(200) == DATA[3_900:4_100]
    assert file.holds(3_700, 5_000)  # as much before it came along
    assert file.requests == 2


def test_no_place_lies_before_the_start(server: Site) -> None:
    file = RemoteFile(f"{server.url}/file", server.url)
    with pytest.raises(OSError, match="before the start"):
        file.seek(-1)


def test_a_file_that_changes_meanwhile_is_refused(server: Site) -> None:
    server.answers["/other"] = Answer(DATA)
    file = RemoteFile(f"{server.url}/other", server.url, tail=10)
    server.answers["/other"] = Answer(DATA[:-1])
    with pytest.raises(ReleaseRefusedError, match="changes"):
        file.read(10)


def test_no_more_is_fetched_than_a_directory_may_have(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_file, "MOST_BYTES", 2_000)
    with pytest.raises(ReleaseRefusedError, match="more than 2,000 bytes"):
        RemoteFile(f"{server.url}/file", server.url, tail=1_000).read(3_000)


def test_what_an_index_answers_instead_is_told(server: Site) -> None:
    with pytest.raises(ReleaseNotFoundError):
        RemoteFile(f"{server.url}/none", server.url)
    with site() as plain:
        plain.answers["/file"] = Answer(DATA)
        with pytest.raises(NoPartsError):
            RemoteFile(f"{plain.url}/file", plain.url)
