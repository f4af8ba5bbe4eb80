"""What an object store may answer in place of a whole listing, and what is made of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from praxi_tasks.errors import StoreError, StoreUnavailableError
from praxi_tasks.store import Store, open_store, s3, s3_listing
from tests.support.hostile_s3 import Asked, HostileS3, Refusal, hostile_s3

MANY = [f"{number:04}" for number in range(250)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileS3]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setattr(s3, "PAUSES", (0.001,))
    monkeypatch.setattr(s3_listing, "PAGE", 100)
    with hostile_s3() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running


@pytest.fixture
def store(server: HostileS3) -> Store:
    return open_store("s3://bucket/p")


def listing(keys: list[str], token: str = "") -> Refusal:
    """Return a page of a listing, with the token to go on with if there is one."""
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
    times = "<LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    entries = [f"<Contents><Key>{key}</Key>{times}<ETag>e</ETag><Size>1</Size></Contents>" for key in keys]
    text = f"<ListBucketResult>{more if token else ''}{''.join(entries)}</ListBucketResult>"
    return Refusal(200, text=text.encode())


def pages(keys: list[str], most: int = 100) -> Callable[[Asked], Refusal]:
    """Return a server that lists no more than so many keys at once, and never says that there are more."""

    def answer(asked: Asked) -> Refusal:
        after = parse_qs(urlsplit(asked.path).query).get("start-after", [""])[0]
        return listing([key for key in keys if key > after][:most])

    return answer


def keys_of(store: Store, folder: str = "") -> list[list[str]]:
    """Return what both ways of listing give."""
    return [sorted(store.list(folder)), sorted(entry.key for entry in store.entries(folder))]


@pytest.mark.parametrize("most", [100, 200])
def test_a_listing_that_is_cut_without_a_token_is_gone_on_with(
    server: HostileS3, store: Store, most: int
) -> None:
    server.refuse = pages([f"p/{name}" for name in MANY], most)
    assert keys_of(store) == [MANY, MANY]


def test_a_listing_of_any_number_of_keys_is_not_asked_for_twice(server: HostileS3, store: Store) -> None:
    server.refuse = pages([f"p/{name}" for name in MANY[:99]])
    assert len(list(store.list(""))) == 99
    assert server.asked == ["GET"]


def test_a_server_that_hands_out_one_token_for_ever_is_told(server: HostileS3, store: Store) -> None:
    server.refuse = lambda _: listing([f"p/{name}" for name in MANY[:10]], "same")
    with pytest.raises(StoreError, match=r"same objects again and again .s3://bucket/p/a\); use a"):
        list(store.list("a"))


def test_a_server_that_knows_no_key_to_begin_after_is_told(server: HostileS3, store: Store) -> None:
    server.refuse = lambda _: listing([f"p/{name}" for name in MANY[:100]])
    for look in (store.list, store.entries):
        with pytest.raises(StoreError, match="lists the same objects again and again"):
            list(look(""))


def test_markers_of_folders_end_no_listing_and_are_no_keys(server: HostileS3, store: Store) -> None:
    server.refuse = pages(["p/", "p/a-b", "p/a/", "p/a/x"], 2)
    assert keys_of(store)[1] == ["a-b", "a/x"]
    server.refuse = pages(["p/a/"])
    assert keys_of(store, "a") == [[], []]


@pytest.mark.parametrize("name", ["p/a//b", "p/../b"])
def test_an_object_whose_name_is_no_path_is_named(server: HostileS3, store: Store, name: str) -> None:
    server.refuse = lambda _: listing(["p/a/c", name])
    for look in (store.list, store.entries):
        with pytest.raises(StoreError, match=rf"no store's key has: .*{name}.*; move it away") as caught:
            list(look(""))
        assert not caught.value.retryable


def test_an_answer_that_is_none_is_not_called_unreachable(server: HostileS3, store: Store) -> None:
    server.refuse = lambda _: Refusal(200)
    with pytest.raises(StoreUnavailableError, match="answer is empty, breaks off or is no S3's"):
        list(store.list(""))
