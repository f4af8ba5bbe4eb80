"""A pool of parts, each named by its sha256, and mapped into memory rather than read.

Parts of a local store are mapped where they are. Those of an object store are downloaded once, into a bounded
cache on the local disk. A part is hashed when it is written, downloaded, or mapped for the first time; a
marker beside it tells by size and time of change that this was done, so that no later load reads all of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from praxi_tasks.discovery.part_cache import PartCache
from praxi_tasks.errors import KeyNotFoundError, ModelError, StoreError
from praxi_tasks.store import open_store

_BLOCK: Final = 1 << 20
_MARK: Final = ".checked"

Check = Callable[[memoryview], None]
"""Checks the contents of a part whose bytes are those that its name says; raises what is wrong."""


class Part(msgspec.Struct, frozen=True):
    """One part of a bundle; ``role`` says which component reads it, ``size`` is in bytes."""

    role: str
    sha256: str
    size: int


class PartPool:
    """The parts in one folder of a store.

    Parameters
    ----------
    uri
        The folder's.
    """

    def __init__(self, uri: str) -> None:
        self._store = open_store(uri)

    @property
    def uri(self) -> str:
        """The folder's URI."""
        return self._store.uri

    def put(self, part: Part, data: bytes | memoryview) -> None:
        """Store a part whose bytes were hashed; nothing is written where the pool has it."""
        if self.has(part):
            return
        if self._store.put(part.sha256, bytes(data)) and (path := self._store.path(part.sha256)):
            _mark(path)

    def receive(self, part: Part, pieces: Iterable[bytes], check: Check) -> None:
        """Store a part whose bytes come in pieces; memory holds no more than one of them.

        Parameters
        ----------
        check
            Checks what the bytes hold, before they are stored.

        Raises
        ------
        ModelError
            If the bytes are not those that the part's name says.
        """
        path = self._store.path(_key(part, self._store.uri))
        folder = path.parent if path else PartCache.from_environment().own_folder()
        folder.mkdir(parents=True, exist_ok=True)
        staged = folder / f"{part.sha256}-{os.getpid()}-{os.urandom(4).hex()}.part"
        try:
            with staged.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            with staged.open("rb") as file:
                view = self._mapped(part, staged, file.fileno(), check)
            if path:
                staged.replace(path)
                _mark(path)
            else:
                self._store.put(part.sha256, bytes(view))
        except OSError as error:
            raise StoreError(
                f"a part can't be written: {error.strerror or error}",
                where=str(folder),
                action="check the folder's permissions and free space",
            ) from error
        finally:
            staged.unlink(missing_ok=True)
            _mark_of(staged).unlink(missing_ok=True)

    def has(self, part: Part) -> bool:
        """Return whether the pool has a part."""
        return self._store.exists(part.sha256)

    def read(self, part: Part) -> bytes:
        """Return a part's bytes, hashed anew.

        Raises
        ------
        KeyNotFoundError
            If the pool does not have it.
        ModelError
            If it is truncated or altered.
        """
        data = self._store.get(_key(part, self._store.uri))
        if len(data) != part.size or hashlib.sha256(data).hexdigest() != part.sha256:
            raise self._altered(part)
        return data

    def map(self, part: Part, check: Check = lambda _: None) -> memoryview:
        """Return a part's bytes, read from the disk as they are used.

        Parameters
        ----------
        check
            Checks what the bytes hold; called once for each part, before it is marked.

        Raises
        ------
        KeyNotFoundError
            If the pool does not have it.
        ModelError
            If it is truncated or altered.
        """
        key = _key(part, self._store.uri)
        if path := self._store.path(key):
            return self._opened(part, path, check)
        cache = PartCache.from_environment()
        try:
            return self._opened(part, cache.get(key, part.size, self._store), check)
        except ModelError:  # what was downloaded may have changed on the disk since
            cache.forget(key)
            return self._opened(part, cache.get(key, part.size, self._store), check)

    def _opened(self, part: Part, path: Path, check: Check) -> memoryview:
        try:
            with path.open("rb") as file:
                return self._mapped(part, path, file.fileno(), check)
        except FileNotFoundError:
            raise KeyNotFoundError(
                "a part is missing",
                where=f"{self._store.uri}/{part.sha256}",
                action="check the store's URI; if it is right, build, pull or copy again what the part is of",
            ) from None

    def _mapped(self, part: Part, path: Path, descriptor: int, check: Check) -> memoryview:
        status = os.fstat(descriptor)
        if status.st_size != part.size or not part.size:
            raise self._altered(part)
        mapping = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        if not _is_marked(path, status):
            if _hash(descriptor) != part.sha256:
                raise self._altered(part)
            check(memoryview(mapping))
            mapping.madvise(mmap.MADV_DONTNEED)  # what was read to be checked counts as this process's memory
            _mark(path)
        return memoryview(mapping)

    def _altered(self, part: Part) -> ModelError:
        return ModelError(
            "a part is truncated or altered",
            where=f"{self._store.uri}/{part.sha256}",
            action="delete this part, then build, pull or copy again the model or pack that it is of",
        )


def _key(part: Part, where: str) -> str:
    if len(part.sha256) != 64 or not part.sha256.isalnum() or not part.sha256.isascii():
        raise ModelError("a model's manifest names an impossible part", where=where, action="build it again")
    return part.sha256


def _hash(descriptor: int) -> str:
    """Hash a file by blocks: pages of a mapping would count as this process's memory."""
    hashed, offset = hashlib.sha256(), 0
    while block := os.pread(descriptor, _BLOCK, offset):
        hashed.update(block)
        offset += len(block)
    return hashed.hexdigest()


def _marker(status: os.stat_result) -> bytes:
    return f"{status.st_size} {status.st_mtime_ns}\n".encode()


def _is_marked(path: Path, status: os.stat_result) -> bool:
    try:
        return _mark_of(path).read_bytes() == _marker(status)
    except OSError:
        return False


def _mark_of(path: Path) -> Path:
    return path.with_name(path.name + _MARK)


def _mark(path: Path) -> None:
    """Note that a part is intact; where the folder can't be written to, the next load hashes it again."""
    mark = _mark_of(path)
    staged = mark.with_name(f"{mark.name}-{os.getpid()}-{os.urandom(4).hex()}")
    with contextlib.suppress(OSError):
        staged.write_bytes(_marker(path.stat()))
        staged.replace(mark)
