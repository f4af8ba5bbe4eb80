"""Retains the content of a few files of a layer: package databases, chosen by the caller."""

from __future__ import annotations

from collections.abc import Callable

from praxi_tasks.oci.layer.limits import LayerLimits


class RetainedFiles:
    """Contents by path, below the caps on one file and on all of them.

    Parameters
    ----------
    wanted
        Says of a path whether its content is to be retained.
    limits
        ``max_kept_file_bytes`` and ``max_kept_bytes``.
    """

    def __init__(self, wanted: Callable[[str], bool], limits: LayerLimits) -> None:
        self._wanted = wanted
        self._max_file = limits.max_kept_file_bytes
        self._left = limits.max_kept_bytes
        self._found: dict[str, tuple[int, bytes | None]] = {}

    def wants(self, path: bytes) -> bool:
        """Return whether the file's content is to be retained."""
        return self._wanted(path.decode("utf-8", "surrogateescape"))

    def open(self, path: bytes, size: int) -> list[bytes] | None:
        """Return where to put the parts of the file's content, or None if it is not to be retained."""
        if size > self._max_file or size > self._left or not self.wants(path):
            return None
        self._left -= size
        return []

    def store(self, path: bytes, row: int, parts: list[bytes] | None) -> None:
        """Retain what was read of the member ``row``, or record that it was too large."""
        if parts is not None or self.wants(path):
            name = path.decode("utf-8", "surrogateescape")
            self._found[name] = (row, None if parts is None else b"".join(parts))

    def contents(self, gone: frozenset[int]) -> dict[str, bytes]:
        """Return the retained contents, except those of the members ``gone``."""
        return {
            path: data for path, (row, data) in self._found.items() if data is not None and row not in gone
        }

    def too_large(self, gone: frozenset[int]) -> tuple[str, ...]:
        """Return the paths of the files that were too large to retain."""
        return tuple(path for path, (row, data) in self._found.items() if data is None and row not in gone)
