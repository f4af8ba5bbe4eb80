"""Opens the files of a layout in a folder, or in a tar without extracting it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from praxi_tasks.errors import ImageError, LimitExceededError, ManifestError, NotFoundError
from praxi_tasks.oci.tar.index import TarIndex, scan

# What a whole archive begins with if it was compressed: its parts can't be found without unpacking it.
_COMPRESSED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh")


@dataclass(frozen=True)
class OpenFile:
    """A file's size, and a function that reads its next bytes."""

    size: int
    read: Callable[[int], bytes]


class Files(Protocol):
    """Named files."""

    @property
    def where(self) -> str:
        """The folder or archive, as errors name it."""

    def has(self, name: str) -> bool:
        """Return whether there is such a file."""

    def open(self, name: str) -> AbstractContextManager[OpenFile]:
        """Open a file; :class:`NotFoundError` if there is none."""


class Folder:
    """The files below a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def where(self) -> str:
        """The folder."""
        return str(self._path)

    def has(self, name: str) -> bool:
        """Return whether there is such a file."""
        return (self._path / name).is_file()

    @contextmanager
    def open(self, name: str) -> Iterator[OpenFile]:
        """Open a regular file.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        with _opened(self._path / name) as descriptor:
            size = os.fstat(descriptor).st_size
            yield OpenFile(size, lambda count: os.read(descriptor, count))


class Archive:
    """The files of an uncompressed tar, read where they are."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def where(self) -> str:
        """The archive."""
        return str(self._path)

    def has(self, name: str) -> bool:
        """Return whether there is such a file."""
        return self._index.find(name) is not None

    @contextmanager
    def open(self, name: str) -> Iterator[OpenFile]:
        """Open a file of the archive.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        found = self._index.find(name)
        if found is None:
            raise _missing(f"{self._path}:{name}")
        with _opened(self._path) as descriptor:
            yield OpenFile(found[1], _window(descriptor, *found))

    @cached_property
    def _index(self) -> TarIndex:
        with _opened(self._path) as descriptor:
            if os.pread(descriptor, 8, 0).startswith(_COMPRESSED):
                raise ManifestError(
                    "the archive is compressed as a whole",
                    where=self.where,
                    action="decompress it first (gunzip, zstd -d)",
                )
            return scan(descriptor, self.where)


def read_file(files: Files, name: str, limit: int) -> bytes:
    """Return the content of a small file.

    Raises
    ------
    NotFoundError
        If there is none.
    LimitExceededError
        If it is larger than ``limit`` bytes.
    """
    with files.open(name) as file:
        if file.size > limit:
            raise LimitExceededError(
                f"{name} is larger than {limit} bytes",
                where=files.where,
                action="raise PRAXI_REGISTRY_MAX_MANIFEST_BYTES if this is a real document",
            )
        chunks = iter(lambda: file.read(limit), b"")
        return b"".join(chunks)


def split_path(text: str, separators: str) -> tuple[Path, str]:
    """Split ``PATH[:selector]`` after the longest path that exists; the selector keeps its separator.

    Raises
    ------
    NotFoundError
        If no such path exists.
    """
    for end in range(len(text), 0, -1):
        if (end == len(text) or text[end] in separators) and os.path.lexists(text[:end]):
            return Path(text[:end]), text[end:]
    raise _missing(text)


def _window(descriptor: int, offset: int, size: int) -> Callable[[int], bytes]:
    position, end = offset, offset + size

    def read(count: int) -> bytes:
        nonlocal position
        data = os.pread(descriptor, min(count, end - position), position)
        position += len(data)
        return data

    return read


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a regular file; a hostile layout may have a pipe or a device in its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(str(path)) from None
    except OSError as error:
        raise ImageError(
            f"can't be opened: {error.strerror}", where=str(path), action="check its permissions"
        ) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ManifestError("not a regular file", where=str(path), action="save the image again")
        yield descriptor
    finally:
        os.close(descriptor)


def _missing(where: str) -> NotFoundError:
    return NotFoundError("no such file", where=where, action="check the path and save the image again")
