"""Reads and writes documents in the store as typed JSON."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from praxi_tasks.errors import CorruptObjectError, StoreUnavailableError
from praxi_tasks.json_decoding import decoder
from praxi_tasks.printable import printable_json
from praxi_tasks.store.base import Store

T = TypeVar("T")


def encode(document: object) -> bytes:
    """Return a document's bytes, for a key that is written once."""
    return msgspec.json.encode(document)


def write(store: Store, key: str, document: object) -> None:
    """Store a document; a retry of the same task overwrites it."""
    store.replace(key, printable_json(msgspec.json.encode(document)))


def read(store: Store, key: str, kind: type[T]) -> T:
    """Read a document of a known type.

    Raises
    ------
    KeyNotFoundError
        If it was never written.
    CorruptObjectError
        If what is stored is not of that type.
    StoreUnavailableError
        If what an object store answered is a page, or a document of an error, though it was called a success.
    """
    data = store.get(key)
    if not store.uri.startswith("file:") and data.lstrip().startswith(b"<"):
        raise StoreUnavailableError(
            "a web page or an error was answered in place of a document",
            where=f"{store.uri}/{key}",
            action="see what is between here and the store: a proxy, or a login page",
        )
    try:
        return decoder(kind).decode(data)
    except (ValueError, RecursionError) as error:
        raise CorruptObjectError(
            f"a document is damaged: {error}",
            where=f"{store.uri}/{key}",
            action="run the task that writes it again",
        ) from error
