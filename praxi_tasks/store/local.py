"""A store in a local directory.

An object is written to a file that has no name until it is whole: ``O_TMPFILE`` and ``linkat``. A killed
writer therefore leaves nothing behind, and the link fails if the key exists, which is what makes ``put``
write-once. File systems without unnamed files (NFS) get a named temporary file in ``.tmp`` instead.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from praxi_tasks.errors import KeyNotFoundError, StoreError, StoreUnavailableError
from praxi_tasks.store.base import Entry, check_key

_STAGING: Final = ".tmp"
_NO_UNNAMED_FILES: Final = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT})
_FINAL: Final = (PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)


class LocalStore:
    """Objects as files below ``root``, which is made when the first one is written."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    @property
    def uri(self) -> str:
        """The directory as a ``file://`` URI."""
        return self._root.as_uri()

    def get(self, key: str) -> bytes:
        """Return the object's bytes; see :class:`~praxi_tasks.store.base.Store`."""
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise self._missing(key) from None
        except OSError as error:
            raise self._broken(error, key) from error

    def put(self, key: str, data: bytes) -> bool:
        """Store ``data`` unless the key exists; return whether this call stored it."""
        target = self._path(key)
        try:
            if target.is_file():
                return False
            with self._whole_file(target.parent, data) as source:
                _link(source, target)
        except FileExistsError as error:
            if target.is_file():
                return False
            raise self._broken(error, key) from error
        except OSError as error:
            raise self._broken(error, key) from error
        return True

    def replace(self, key: str, data: bytes) -> None:
        """Store ``data`` whether or not the key exists."""
        target = self._path(key)
        try:
            with self._whole_file(target.parent, data) as source, self._staged() as staged:
                _link(source, staged)
                staged.replace(target)
        except OSError as error:
            raise self._broken(error, key) from error

    def delete(self, key: str) -> None:
        """Delete the object, if there is one; its folder stays, for another process may be writing there."""
        try:
            self._path(key).unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise self._broken(error, key) from error

    def exists(self, key: str) -> bool:
        """Return whether an object is stored under the key."""
        try:
            return self._path(key).is_file()
        except OSError as error:
            raise self._broken(error, key) from error

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a folder ``prefix``, in no particular order."""
        base = self._path(prefix) if prefix else self._root

        def stop(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise self._broken(error, prefix) from error

        for folder, folders, files in os.walk(base, onerror=stop):
            if Path(folder) == self._root and _STAGING in folders:
                folders.remove(_STAGING)
            for name in files:
                yield str(Path(folder, name).relative_to(self._root))

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield what lies below a folder ``prefix``, with sizes and times."""
        for key in self.list(prefix):
            try:
                found = (self._root / key).stat()
            except FileNotFoundError:  # deleted since it was listed
                continue
            except OSError as error:
                raise self._broken(error, key) from error
            yield Entry(key, found.st_size, found.st_mtime)

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders that lie directly in the folder ``prefix``."""
        try:
            with os.scandir(self._path(prefix)) as entries:
                yield from (entry.name for entry in entries if entry.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise self._broken(error, prefix) from error

    def download(self, key: str, target: Path) -> None:
        """Write the object's bytes to a new file; see :class:`~praxi_tasks.store.base.Store`."""
        try:
            with self._path(key).open("rb") as source, target.open("xb") as file:
                shutil.copyfileobj(source, file)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise self._missing(key) from None
        except OSError as error:
            raise self._broken(error, key) from error

    def path(self, key: str) -> Path | None:
        """Return the object's file, which may be missing."""
        return self._path(key)

    def _missing(self, key: str) -> KeyNotFoundError:
        return KeyNotFoundError(
            "nothing is stored under this key", where=f"{self.uri}/{key}", action="check the store's URI"
        )

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @contextlib.contextmanager
    def _whole_file(self, folder: Path, data: bytes) -> Iterator[str]:
        """Give a path that can be hard-linked and whose bytes are all on disk."""
        folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o644)
        except OSError as error:
            if error.errno not in _NO_UNNAMED_FILES:
                raise
            with self._staged() as staged, staged.open("xb") as named:
                _write_all(named.fileno(), data)
                yield str(staged)
            return
        with open(descriptor, "wb", closefd=True) as file:  # noqa: PTH123 - a descriptor, not a path
            _write_all(file.fileno(), data)
            yield f"/proc/self/fd/{descriptor}"

    @contextlib.contextmanager
    def _staged(self) -> Iterator[Path]:
        """Give the path of a temporary file, which is deleted afterwards."""
        staging = self._root / _STAGING
        staging.mkdir(parents=True, exist_ok=True)
        staged = staging / uuid.uuid4().hex
        try:
            yield staged
        finally:
            staged.unlink(missing_ok=True)

    def _broken(self, error: OSError, key: str) -> StoreError:
        final = isinstance(error, _FINAL) or error.errno in {errno.ENAMETOOLONG, errno.ELOOP, errno.EROFS}
        kind = StoreError if final else StoreUnavailableError
        return kind(
            f"the store directory refused the operation: {error.strerror or error}",
            where=f"{self.uri}/{key}",
            action="check the directory's permissions and free space",
        )


def _link(source: str, target: Path) -> None:
    # Python asks linkat() to follow the link in /proc only if a directory is given by descriptor.
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(source, target.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)
