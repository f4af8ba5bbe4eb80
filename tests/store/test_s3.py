"""The store in a bucket of a real object store."""

from __future__ import annotations

import multiprocessing
import os
import socket
import uuid
from collections.abc import Callable, Iterator

import pytest

from praxi_tasks.errors import StoreError, StoreUnavailableError, UsageError
from praxi_tasks.store import Store, open_store, s3, s3_listing
from tests.store.contract import CHECKS
from tests.support.process import free_port
from tests.support.s3 import ObjectStore

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def bucket(object_store: ObjectStore) -> str:
    return object_store.create_bucket(f"stores-{uuid.uuid4().hex}")  # slow tests come back to this module


@pytest.fixture
def uri(object_store: ObjectStore, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    return f"{bucket}/{uuid.uuid4().hex}"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[[Store], None], uri: str) -> None:
    check(open_store(uri))


def test_the_uri_opens_the_same_store(uri: str) -> None:
    store = open_store(uri + "/deeper/")
    store.put("key", b"data")
    assert store.uri == uri + "/deeper"
    assert open_store(store.uri).get("key") == b"data"
    assert list(open_store(uri).list("")) == ["deeper/key"]


def test_without_prefix(uri: str, bucket: str) -> None:
    key = uri.removeprefix(f"{bucket}/") + "/key"
    store = open_store(bucket)
    store.put(key, b"data")
    assert list(open_store(uri).list("")) == ["key"]
    assert key in store.list("")


def test_entries_are_listed_page_by_page(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_listing, "PAGE", 2)
    store = open_store(uri)
    for name in ("a/1", "a/2", "a/3/x", "a/4", "a/5", "ab"):
        store.put(name, name.encode())
    assert [entry.key for entry in store.entries("a")] == ["a/1", "a/2", "a/3/x", "a/4", "a/5"]
    assert len(list(store.entries(""))) == 6


def test_large_objects(uri: str) -> None:
    store, data = open_store(uri), bytes(range(256)) * (1 << 17)
    assert store.put("large", data)
    assert not store.put("large", b"")
    store.replace("replaced", data)
    assert store.get("large") == store.get("replaced") == data


def _write(uri: str, number: int) -> bool:
    return open_store(uri).put("race", b"%d" % number)


def test_only_one_of_many_processes_wins(uri: str) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        won = pool.starmap(_write, [(uri, number) for number in range(12)])
    assert won.count(True) == 1
    assert open_store(uri).get("race") == b"%d" % won.index(True)


def test_a_wrong_secret_is_final_and_not_repeated(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    store = open_store(uri)
    for operation in (store.get, store.exists, lambda key: store.put(key, b"")):
        with pytest.raises(StoreError, match="credentials") as caught:
            operation("key")
        assert not caught.value.retryable
        assert "wrong-secret" not in repr(caught.value)


def test_without_credentials_it_says_which_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{free_port()}")  # where no role is
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnavailableError, match="AWS_ACCESS_KEY_ID"):
        open_store("s3://bucket/x").get("key")


def test_half_a_credential_is_refused(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UsageError, match=r"AWS_\*"):
        open_store(uri)


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:9000", "ftp://host", "http://", "http://host:port", "http://a b", "http://[::1"]
)
def test_an_endpoint_that_is_no_url_is_refused(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(UsageError, match="AWS_ENDPOINT_URL"):
        open_store("s3://bucket/x")


def test_an_endpoint_with_a_password_in_it_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:secret@host:9000")
    with pytest.raises(UsageError) as caught:
        open_store("s3://bucket/x")
    assert "secret" not in str(caught.value)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Listen and never answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.slow
@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.timeout(60, func_only=True)
def test_an_endpoint_that_is_down(
    silent: bool, silent_server: str, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", silent_server if silent else f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(s3, "READ_TIMEOUT", "1s")
    store = open_store(uri)
    with pytest.raises(StoreUnavailableError, match="AWS_ENDPOINT_URL") as caught:
        store.exists("key")
    assert caught.value.retryable


def test_a_step_of_many_requests_outlasts_a_store_that_fails_one_in_five() -> None:
    given_up = 40_000 * 0.2 ** (len(s3.PAUSES) + 1)
    assert given_up < 0.01
    assert sum(s3.PAUSES) < 10
