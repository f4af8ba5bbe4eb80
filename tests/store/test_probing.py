"""What a store must be able to do is tried, and a store that can't is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.errors import StoreError
from praxi_tasks.store import Entry, Store, open_store, require_write_once, try_everything
from tests.support.hostile_s3 import HostileS3, Refusal, hostile_s3


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileS3]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    with hostile_s3() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running


def test_a_store_that_overwrites_is_refused(server: HostileS3) -> None:
    store = open_store("s3://bucket/p")
    for _ in range(3):
        require_write_once(store)
    assert server.asked == ["PUT", *(["PUT", "HEAD"] * 3)]  # what is taken is looked at
    server.refuse = lambda asked: Refusal(200) if asked.conditional else None
    for _ in range(2):
        with pytest.raises(StoreError, match="ignores If-None-Match, and overwrites"):
            require_write_once(store)


class Forgetful:
    """A store that can't do one thing."""

    def __init__(self, store: Store, broken: str) -> None:
        self._store, self._broken = store, broken
        self.uri = store.uri

    def get(self, key: str) -> bytes:
        return b"old" if self._broken == "get" else self._store.get(key)

    def put(self, key: str, data: bytes) -> bool:
        return self._store.put(key, data)

    def replace(self, key: str, data: bytes) -> None:
        if self._broken != "replace":
            self._store.replace(key, data)

    def delete(self, key: str) -> None:
        if self._broken != "delete":
            self._store.delete(key)

    def exists(self, key: str) -> bool:
        return self._broken != "exists" and self._store.exists(key)

    def list(self, prefix: str) -> Iterator[str]:
        return iter(()) if self._broken == "list" else self._store.list(prefix)

    def entries(self, prefix: str) -> Iterator[Entry]:
        return self._store.entries(prefix)

    def folders(self, prefix: str) -> Iterator[str]:
        return self._store.folders(prefix)

    def download(self, key: str, target: Path) -> None:
        self._store.download(key, target)

    def path(self, key: str) -> Path | None:
        return self._store.path(key)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("get", "not read back"),
        ("exists", "not there at once"),
        ("list", "not listed"),
        ("replace", "read as it was before"),
        ("delete", "still there"),
    ],
)
def test_each_thing_that_is_missing_is_named(tmp_path: Path, broken: str, message: str) -> None:
    store = open_store(tmp_path.as_uri())
    with pytest.raises(StoreError, match=message):
        try_everything(Forgetful(store, broken))
    try_everything(store)
