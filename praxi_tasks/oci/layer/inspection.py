"""Lets the caller look into files of a layer that their first bytes tell: programs, archives.

A small file is at hand as a whole; a larger one is spooled to a file without a name in the scratch folder,
which holds one at a time: the whole of it, or what is asked for. No file is written under its own name, and
nothing of an archive is extracted.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Final, Generic, TypeVar

from praxi_tasks.oci.layer.copies import WHOLE, Copy, Part
from praxi_tasks.oci.layer.file_content import FileContent
from praxi_tasks.oci.layer.limits import LayerLimits

T_co = TypeVar("T_co", covariant=True)

HEAD: Final = 64
"""Bytes by which files are told that somebody may want."""

TAIL: Final = 3
LONG_TAIL: Final = 6
"""Letters at the end of a file's name by which others are told: of most, and of those of which few are."""

_IN_MEMORY: Final = 16 << 20  # bytes of a file that is not spooled


class Inspection(Generic[T_co]):
    """What was seen in the files of one layer.

    Parameters
    ----------
    heads
        How files begin that may be looked into: their first bytes, whatever their names.
    inspect
        Takes a file's path and content and returns what is to be kept of it. It must raise nothing,
        and hold no more of the content than a few windows.
    accepts
        Decides by a file's path and its first 64 bytes, or all if it has fewer, how much of it is looked
        into, None for nothing; by default all of each that begins with one of ``heads`` is.
    tails
        How the names of others end that may be looked into: three letters each, or six.
    mark
        What others hold, and how many bytes from their beginning.
    """

    def __init__(
        self,
        heads: Iterable[bytes],
        inspect: Callable[[str, FileContent], T_co],
        accepts: Callable[[bytes, bytes], Part | None] = lambda _path, _head: WHOLE,
        tails: Iterable[bytes] = (),
        mark: tuple[int, tuple[bytes, ...]] = (0, ()),
    ) -> None:
        self.heads: Final = tuple(heads)
        self.tails: Final = frozenset(tails)
        self.mark: Final = mark
        self._inspect = inspect
        self._accepts = accepts
        self._max_file = 0
        self._left = 0
        self._spool: IO[bytes] = io.BytesIO()
        self._seen: dict[int, tuple[str, T_co]] = {}
        self._too_large: dict[int, str] = {}

    @property
    def results(self) -> dict[str, T_co]:
        """What was seen, by path, of the files that were looked into and that the layer leaves on disk."""
        return dict(self._seen.values())

    @property
    def too_large(self) -> tuple[str, ...]:
        """The paths of the files that were not looked into: for a limit, or for want of scratch space."""
        return tuple(self._too_large.values())

    @contextlib.contextmanager
    def layer(self, limits: LayerLimits) -> Iterator[None]:
        """Look into the files of a layer with these limits, and give back what was taken of scratch space."""
        self._max_file, self._left = limits.max_inspected_file_bytes, limits.max_inspected_bytes
        with tempfile.TemporaryFile(prefix="praxi-", buffering=0) as self._spool:
            yield

    def open(self, path: bytes, row: int, head: bytes, size: int) -> Copy | None:
        """Return what takes the parts of the member ``row``, or None if nobody looks into it."""
        place, marks = self.mark
        named = path[-TAIL:] in self.tails or path[-LONG_TAIL:] in self.tails
        known = named or head.startswith(self.heads) or head.startswith(marks, place)
        part = self._accepts(path, head) if known else None
        if part is None:
            return None
        held = part.held(size, self._max_file)
        if held is None or held > self._left:
            self._too_large[row] = _text(path)
            return None
        self._left -= held
        return part.copy(size, held, None if size <= _IN_MEMORY else self._spool)

    def close(self, path: bytes, row: int, copy: Copy | None) -> None:
        """Look into a member of which all parts are there."""
        if copy is None:
            return
        name, content = _text(path), copy.content()
        if content is None:
            self._too_large[row] = name
        else:
            self._seen[row] = (name, self._inspect(name, content))

    def look(self, path: bytes, row: int, content: bytes) -> None:
        """Look into a member that is in memory as a whole."""
        copy = self.open(path, row, content[:HEAD], len(content))
        if copy is not None:
            copy.add(memoryview(content))
            self.close(path, row, copy)

    def drop(self, gone: frozenset[int]) -> None:
        """Forget members that the layer does not leave on disk."""
        for row in gone:
            self._seen.pop(row, None)
            self._too_large.pop(row, None)


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
