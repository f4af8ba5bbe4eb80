"""Files that are read again when they change: Secrets and ConfigMaps of a cluster are renewed in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from praxi_tasks.errors import UsageError

T = TypeVar("T")


class WatchedFile(Generic[T]):
    """What is made of a file's bytes, made anew when the file is another.

    Parameters
    ----------
    parse
        Makes it; what it raises is raised when the value is asked for.
    """

    def __init__(self, path: Path, parse: Callable[[bytes], T]) -> None:
        self.path = path
        self._parse = parse
        self._seen: tuple[int, int, int] | None = None
        self._value: T | None = None

    def read(self) -> T:
        """Return what the file says now.

        Raises
        ------
        UsageError
            If it can't be read.
        """
        try:
            state = self.path.stat()
            seen = (state.st_mtime_ns, state.st_ino, state.st_size)
            if self._value is None or seen != self._seen:
                self._value = self._parse(self.path.read_bytes())
                self._seen = seen
        except OSError as error:
            raise UsageError(f"the file can't be read: {error.strerror}", where=str(self.path)) from error
        return self._value
