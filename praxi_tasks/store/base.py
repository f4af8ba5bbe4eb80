"""The interface of every store, and the rule for keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from praxi_tasks.errors import UsageError

_PART: Final = r"[A-Za-z0-9_=+-][A-Za-z0-9_=+.-]*"
_KEY: Final = re.compile(rf"{_PART}(/{_PART})*")
_MAX_PART: Final = 255


def check_key(key: str) -> str:
    """Return ``key`` if it is a plain relative path of safe characters.

    Raises
    ------
    UsageError
        If a part is empty, longer than a file name may be, begins with a dot, or holds a character outside
        ``A-Za-z0-9_=+.-``.
    """
    if not _KEY.fullmatch(key) or any(len(part) > _MAX_PART for part in key.split("/")):
        raise UsageError("not a store key", where=repr(key), action="use a relative path of plain characters")
    return key


class Entry(NamedTuple):
    """An object as a listing shows it: its bytes, and when it was written, in seconds since the epoch."""

    key: str
    size: int
    modified: float


class Store(Protocol):
    """Bytes under keys.

    ``put`` is write-once: the first writer of a key wins and every later one is harmless. ``replace`` is
    for the few documents that one run rewrites about itself when it is retried; it is atomic too, so a
    reader sees the old bytes or the new, never a part. ``delete`` is for retention alone.
    """

    @property
    def uri(self) -> str:
        """The URI under which the store was opened, without credentials."""

    def get(self, key: str) -> bytes:
        """Return the object's bytes.

        Raises
        ------
        KeyNotFoundError
            If there is none.
        StoreUnavailableError
            If the store can't be reached.
        """

    def put(self, key: str, data: bytes) -> bool:
        """Store ``data`` unless the key exists; return whether this call stored it."""

    def replace(self, key: str, data: bytes) -> None:
        """Store ``data`` whether or not the key exists."""

    def delete(self, key: str) -> None:
        """Delete the object, if there is one."""

    def exists(self, key: str) -> bool:
        """Return whether an object is stored under the key."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a folder ``prefix``, in no particular order."""

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield what lies below a folder ``prefix`` as :meth:`list` does, with sizes and times.

        Memory never holds more than a page of them, so what is written meanwhile may be among them or not.
        """

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders that lie directly in the folder ``prefix``, in no particular order.

        Unlike with :meth:`list`, what lies in them costs nothing.
        """

    def download(self, key: str, target: Path) -> None:
        """Write the object's bytes to a new file, of which memory never holds more than a part.

        Raises
        ------
        KeyNotFoundError, StoreUnavailableError
            As :meth:`get`; what was written by then is left to the caller.
        """

    def path(self, key: str) -> Path | None:
        """Return the file that has the object's bytes, for mapping it; ``None`` where no local file does.

        The file may be missing.
        """
