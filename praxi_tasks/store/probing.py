"""Tries what a store must be able to do."""

from __future__ import annotations

import secrets

from praxi_tasks.errors import StoreError
from praxi_tasks.store.base import Store
from praxi_tasks.store.keys import probe


def require_write_once(store: Store) -> None:
    """Do nothing if a second write of one key is refused; costs two requests where it was tried before.

    Raises
    ------
    StoreError
        If both writes succeed: runs would overwrite each other's documents.
    """
    key = probe("write-once")
    if store.put(key, b"") and store.put(key, b""):
        raise StoreError(
            "the store has no conditional writes: it ignores If-None-Match, and overwrites",
            where=store.uri,
            action="use a store that does all that docs/kubernetes.md lists",
        )


def try_everything(store: Store) -> None:
    """Write, read, list, overwrite and delete one object of its own, below ``doctor/``.

    Raises
    ------
    StoreError
        Of what the store refuses, or does and says it did not.
    """
    require_write_once(store)
    key = probe(secrets.token_hex(8))
    try:
        _require(store.put(key, b"first"), store, "an object that was never written is there already")
        _require(store.get(key) == b"first", store, "what was written is not read back")
        _require(store.exists(key), store, "what was written is not there at once")
        folder = key.rpartition("/")[0]
        _require(key in store.list(folder), store, "what was written is not listed at once")
        store.replace(key, b"second")
        _require(store.get(key) == b"second", store, "what was overwritten is read as it was before")
    finally:
        store.delete(key)
    _require(not store.exists(key), store, "what was deleted is still there")


def _require(holds: bool, store: Store, problem: str) -> None:
    if not holds:
        action = "use a store with strong consistency; docs/kubernetes.md lists what it must do"
        raise StoreError(problem, where=store.uri, action=action)
