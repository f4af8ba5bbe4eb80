"""What every store must do; each kind of store runs these checks."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from praxi_tasks.errors import KeyNotFoundError, StoreError, UsageError
from praxi_tasks.store import Store

CHECKS: list[Callable[[Store], None]] = []


def check(function: Callable[[Store], None]) -> Callable[[Store], None]:
    """Add a check to those that every store must pass."""
    CHECKS.append(function)
    return function


@check
def gives_back_what_was_put(store: Store) -> None:
    for key, data in {"a": b"", "b/c.json": b"{}", "b/d=1+2_3-4.bin": bytes(range(256)) * 999}.items():
        assert not store.exists(key)
        assert store.put(key, data)
        assert store.exists(key)
        assert store.get(key) == data


@check
def the_first_writer_wins(store: Store) -> None:
    assert store.put("once/key", b"first")
    assert not store.put("once/key", b"second")
    assert store.get("once/key") == b"first"


@check
def replacing_overwrites(store: Store) -> None:
    store.replace("again/key", b"first")
    store.replace("again/key", b"second, larger")
    assert store.get("again/key") == b"second, larger"
    assert list(store.list("again")) == ["again/key"]


@check
def only_one_of_many_writers_wins(store: Store) -> None:
    ready = threading.Barrier(8)
    won: list[int] = []

    def write(number: int) -> None:
        ready.wait()
        if store.put("race/key", b"%d" % number * 1000):
            won.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(won) == 1
    assert store.get("race/key") == b"%d" % won[0] * 1000


@check
def missing_keys_are_named(store: Store) -> None:
    with pytest.raises(KeyNotFoundError, match="no/such") as caught:
        store.get("no/such")
    assert isinstance(caught.value, StoreError)
    assert not caught.value.retryable
    assert not store.exists("no/such")


@check
def forgets_what_is_deleted_and_nothing_else(store: Store) -> None:
    for key in ("gone/a", "gone/a.json", "gone/b/c"):
        store.put(key, b"x")
    for key in ("gone/a", "gone/a", "gone/never", "gone/a.json/below"):
        store.delete(key)
    assert not store.exists("gone/a")
    assert set(store.list("gone")) == {"gone/a.json", "gone/b/c"}
    assert store.put("gone/a", b"again")
    assert store.get("gone/a") == b"again"


@check
def lists_what_lies_below_a_folder(store: Store) -> None:
    keys = {"list/a/1", "list/a/2", "list/ab/3", "list/a.json"}
    for key in keys:
        store.put(key, b"x")
    assert set(store.list("list")) == keys
    assert set(store.list("list/a")) == {"list/a/1", "list/a/2"}
    assert keys <= set(store.list(""))
    assert list(store.list("nothing/here")) == []


@check
def tells_sizes_and_times_of_what_it_lists(store: Store) -> None:
    began = time.time()
    for number in range(3):
        store.put(f"entries/{number}/x", b"x" * number)
    found = {entry.key: entry for entry in store.entries("entries")}
    assert {key: entry.size for key, entry in found.items()} == {f"entries/{n}/x": n for n in range(3)}
    assert all(abs(entry.modified - began) < 3600 for entry in found.values())
    assert list(store.entries("no/entries")) == []


@check
def names_folders_without_what_lies_in_them(store: Store) -> None:
    for key in ("runs/a/1", "runs/a/b/2", "runs/c/3", "runs/d.json"):
        store.put(key, b"x")
    assert sorted(store.folders("runs")) == ["a", "c"]
    assert list(store.folders("runs/c")) == list(store.folders("no/runs")) == []


@check
def downloads_into_a_new_file(store: Store) -> None:
    data = bytes(range(256)) * 40_000
    store.put("large/object", data)
    with tempfile.TemporaryDirectory() as folder:
        store.download("large/object", Path(folder, "copy"))
        assert Path(folder, "copy").read_bytes() == data
        with pytest.raises(KeyNotFoundError, match="no/such"):
            store.download("no/such", Path(folder, "none"))


@check
def odd_keys_are_refused(store: Store) -> None:
    for key in ("", "/a", "a/", "a//b", "..", "a/../b", ".", ".tmp/x", "a b", "ä", "a\0b", "a\n", "x" * 256):
        for operation in (store.get, store.exists, lambda key: store.put(key, b"")):
            with pytest.raises(UsageError):
                operation(key)
