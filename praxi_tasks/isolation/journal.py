"""Which units of work a process has begun and not ended, in memory that outlives it."""

from __future__ import annotations

import hashlib
import mmap
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SLOTS: Final = 64  # threads that work at once
_SLOT_BYTES: Final = 512
_HEAD: Final = struct.Struct("=dH")
_LONGEST: Final = _SLOT_BYTES - _HEAD.size
_DIGEST_BYTES: Final = 16


class Journal:
    """The units that threads of a process are at: what it writes is read after its death by who forked it.

    Memory that both share costs no system call, unlike a pipe: a unit may be as little as one look-up.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _SLOT_BYTES)
        self._lock = threading.Lock()
        self._free = list(range(0, _SLOTS * _SLOT_BYTES, _SLOT_BYTES))
        self._own = threading.local()

    @contextmanager
    def at(self, label: str) -> Iterator[None]:
        """Note that a thread is at a unit while the block runs; of one inside another the inner counts."""
        start = getattr(self._own, "start", None)
        if start is not None:
            with self._noted(start, label):
                yield
            return
        with self._lock:
            start = self._free.pop() if self._free else None
        if start is None:  # more threads than are watched
            yield
            return
        self._own.start = start
        try:
            with self._noted(start, label):
                yield
        finally:
            self._own.start = None
            with self._lock:
                self._free.append(start)

    @contextmanager
    def _noted(self, start: int, label: str) -> Iterator[None]:
        before = self._memory[start : start + _SLOT_BYTES]
        text = name_of(label).encode()
        self._memory[start + _HEAD.size : start + _HEAD.size + len(text)] = text
        _HEAD.pack_into(self._memory, start, time.monotonic(), len(text))
        try:
            yield
        finally:
            self._memory[start : start + _SLOT_BYTES] = before

    def begun(self) -> dict[str, float]:
        """Return the units that were begun and not ended, and when by the monotonic clock."""
        found = {}
        for start in range(0, _SLOTS * _SLOT_BYTES, _SLOT_BYTES):
            began, length = _HEAD.unpack_from(self._memory, start)
            if length:
                text = self._memory[start + _HEAD.size : start + _HEAD.size + length]
                found[text.decode("utf-8", "replace")] = began
        return found

    def clear(self) -> None:
        """Forget what a dead process was at."""
        self._memory[:] = bytes(_SLOTS * _SLOT_BYTES)


def name_of(label: str) -> str:
    """Return the name that a unit has in a journal: its label, or the beginning and digest of a long one."""
    data = label.encode("utf-8", "backslashreplace")
    if len(data) <= _LONGEST:
        return data.decode()
    digest = hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()
    return f"{data[: _LONGEST - 2 * _DIGEST_BYTES].decode('utf-8', 'ignore')}{digest}"
