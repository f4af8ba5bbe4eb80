"""Retains the content of a few files of a layer: package databases, chosen by the caller.

A hard link has no content of its own: what it leads to was read before, under a name that says nothing. Files
that look like a database are therefore kept in reserve, as long as there is room for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from praxi_tasks.oci.layer.limits import LayerLimits

_MAX_RESERVED: Final = 64 << 20  # bytes of all files in reserve
_MAX_RESERVED_FILES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a file that may be a database is told by its content.

    Parameters
    ----------
    heads
        How such files begin, and how many bytes one of them has at most.
    matches
        Decides about the whole content of a file that begins so.
    """

    heads: Mapping[bytes, int] = field(default_factory=dict)
    matches: Callable[[bytes], bool] = lambda _content: False


class RetainedFiles:
    """Contents by member, below the caps on one file and on all of them.

    Parameters
    ----------
    wanted
        Says of a path whether its content is to be retained.
    limits
        ``max_kept_file_bytes`` and ``max_kept_bytes``.
    likeness
        Which files of other names are kept in reserve. They make room for those that are wanted.

    Attributes
    ----------
    heads
        How files begin that may be kept in reserve.
    """

    def __init__(
        self, wanted: Callable[[str], bool], limits: LayerLimits, likeness: Likeness | None = None
    ) -> None:
        self._wanted = wanted
        self._max_file = limits.max_kept_file_bytes
        self._left = limits.max_kept_bytes
        self._found: dict[int, tuple[str, bytes | None]] = {}
        self._likeness = likeness or Likeness()
        self._reserve: dict[int, tuple[str, bytes]] = {}
        self._reserved = 0
        self.heads: Final = tuple(self._likeness.heads)

    def wants(self, path: bytes) -> bool:
        """Return whether the file's content is to be retained."""
        return self._wanted(path.decode("utf-8", "surrogateescape"))

    def open(self, path: bytes, size: int) -> list[bytes] | None:
        """Return where to put the parts of the file's content, or None if it is not to be retained."""
        if size > self._max_file or size > self._left + self._reserved or not self.wants(path):
            return None
        self._make_room(size)
        self._left -= size
        return []

    def open_reserve(self, head: bytes, size: int) -> list[bytes] | None:
        """Return where to put the parts of a file that nobody wants and that begins like a database."""
        most = [most for one, most in self._likeness.heads.items() if head.startswith(one)]
        room = min(self._left, _MAX_RESERVED - self._reserved, self._max_file, max(most, default=-1))
        return [] if size <= room and len(self._reserve) < _MAX_RESERVED_FILES else None

    def store(self, path: bytes, row: int, parts: list[bytes] | None) -> None:
        """Retain what was read of the member ``row``, or record that it was too large."""
        name = path.decode("utf-8", "surrogateescape")
        if self._wanted(name):
            self._found[row] = (name, None if parts is None else b"".join(parts))
        elif parts is not None:
            self._keep(name, row, b"".join(parts))

    def link(self, sources: Mapping[int, int], path_of: Callable[[int], bytes]) -> None:
        """Give hard links that are wanted the content of what they lead to.

        Parameters
        ----------
        sources
            The member that each hard link leads to, by row; each is a regular file.
        path_of
            Returns the path of a member.
        """
        for row, source in sources.items():
            held = self._found.get(source) or self._reserve.get(source)
            if held is not None and self.wants(path := path_of(row)):
                # Counted as often as it is linked to: whoever asked reads it under every name.
                data = held[1] if held[1] is not None and len(held[1]) <= self._left else None
                self._left -= len(data or b"")
                self._found[row] = (path.decode("utf-8", "surrogateescape"), data)

    def contents(self, gone: frozenset[int]) -> dict[str, bytes]:
        """Return the retained contents, except those of the members ``gone``."""
        return {path: data for path, data in self._remaining(gone) if data is not None}

    def too_large(self, gone: frozenset[int]) -> tuple[str, ...]:
        """Return the paths of the files that were too large to retain."""
        return tuple(path for path, data in self._remaining(gone) if data is None)

    def reserve(self, path: bytes, row: int, content: bytes) -> None:
        """Keep the whole content of the member ``row`` in reserve, if it is one for that."""
        if self.open_reserve(content, len(content)) is not None:
            self._keep(path.decode("utf-8", "surrogateescape"), row, content)

    def reserved(self, gone: frozenset[int]) -> dict[str, bytes]:
        """Return what is kept in reserve, except the members ``gone``."""
        return {path: data for row, (path, data) in self._reserve.items() if row not in gone}

    def _remaining(self, gone: frozenset[int]) -> Iterator[tuple[str, bytes | None]]:
        return (held for row, held in self._found.items() if row not in gone)

    def _keep(self, name: str, row: int, content: bytes) -> None:
        if self._likeness.matches(content):
            self._reserve[row] = (name, content)
            self._reserved += len(content)
            self._left -= len(content)

    def _make_room(self, size: int) -> None:
        while self._left < size:
            _, data = self._reserve.pop(next(iter(self._reserve)))
            self._left += len(data)
            self._reserved -= len(data)
