"""Checksums of a layer's files as package databases give them, made in a thread while the layer is scanned.

Each file has the one by which its publisher would list it, see
:mod:`praxi_tasks.oci.layer.checksum_kinds`. Hashing releases the GIL; the queue between scan and thread
bounds the memory.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from array import array
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.oci.layer.byte_code import HEAD, ByteCode, read_heads
from praxi_tasks.oci.layer.checksum_kinds import MD5, SHA1, SHA256, SOURCE, STATED

WIDTH: Final = 8
"""Bytes of a checksum that are kept, its first."""

_QUEUED: Final = 3  # batches: few enough that what the scan hashed is still in the processor's cache
_BATCH_BYTES: Final = 1 << 20
_BATCH_PARTS: Final = 512


class _Hasher(Protocol):
    def update(self, data: memoryview, /) -> None: ...
    def digest(self) -> bytes: ...


_NEW: Final[Mapping[int, Callable[[memoryview], _Hasher]]] = {
    MD5: lambda data: hashlib.md5(data, usedforsecurity=False),
    SHA1: lambda data: hashlib.sha1(data, usedforsecurity=False),
    SHA256: hashlib.sha256,
    SOURCE: lambda data: ByteCode(data, states_version=False),
    STATED: lambda data: ByteCode(data, states_version=True),
}


class _Part(NamedTuple):
    row: int
    kind: int
    data: memoryview
    is_last: bool


class Checksums:
    """The checksums of the members of one archive; a context manager that ends its thread."""

    def __init__(self) -> None:
        self._queue: queue.Queue[list[_Part] | None] = queue.Queue(_QUEUED)
        self._batch: list[_Part] = []
        self._bytes = 0
        self._rows, self._kinds, self._values = array("Q"), bytearray(), array("Q")
        # Of byte code the head is all that counts, and there are thousands: no thread is asked for that.
        self._head_rows, self._heads = array("Q"), bytearray()
        self._parted = -1  # the member of which there was a part
        self._thread = threading.Thread(target=self._work, name="praxi-checksums", daemon=True)

    def __enter__(self) -> Checksums:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def add(self, row: int, kind: int, data: memoryview, *, is_last: bool = True) -> None:
        """Take the content of a member, or the next part of it; parts of two are never mixed.

        Parameters
        ----------
        row
            The member's number.
        kind
            What :meth:`~praxi_tasks.oci.layer.checksum_kinds.ChecksumKinds.of` returned for its path, not
            ``NONE``.
        """
        if kind == SOURCE and is_last and row != self._parted and len(data) >= HEAD:
            self._head_rows.append(row)
            self._heads += data[:HEAD]
            return
        if not is_last:
            self._parted = row
        self._batch.append(_Part(row, kind, data, is_last))
        self._bytes += len(data)
        if self._bytes >= _BATCH_BYTES or len(self._batch) >= _BATCH_PARTS:
            self._flush()

    def columns(self, members: int) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        """Return kind and value of each member, after the last was added; shape ``(members,)`` each."""
        self._finish()
        kinds, values = np.zeros(members, np.uint8), np.zeros(members, np.uint64)
        rows = np.asarray(self._rows).astype(np.intp)
        kinds[rows] = np.frombuffer(self._kinds, np.uint8)
        values[rows] = np.asarray(self._values)
        rows = np.asarray(self._head_rows).astype(np.intp)
        kinds[rows], values[rows] = SOURCE, read_heads(bytes(self._heads))
        return kinds, values

    def _flush(self) -> None:
        self._queue.put(self._batch)
        self._batch, self._bytes = [], 0

    def _finish(self) -> None:
        if self._thread.is_alive():
            self._queue.put(self._batch)
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        state: _Hasher | None = None
        while (batch := self._queue.get()) is not None:
            for row, kind, data, is_last in batch:
                if state is None:
                    state = _NEW[kind](data)
                else:
                    state.update(data)
                if is_last:
                    self._rows.append(row)
                    self._kinds.append(kind)
                    self._values.append(int.from_bytes(state.digest()[:WIDTH], "big"))
                    state = None
