"""How far the transfer of a pack is, in bytes of its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Moved(NamedTuple):
    """How far it is.

    Attributes
    ----------
    done
        Bytes that are where they have to be.
    known
        Those of them that were there before.
    total
        Bytes of all parts.
    """

    done: int
    known: int
    total: int


Watcher = Callable[[Moved], None]
"""Is told of each piece that was moved."""


class Movement:
    """Counts what is moved, part by part.

    Parameters
    ----------
    total
        Bytes of all parts.
    watch
        Told after each piece.
    """

    def __init__(self, total: int, watch: Watcher) -> None:
        self._total = total
        self._watch = watch
        self._before = self._known = 0

    @property
    def moved(self) -> Moved:
        """How far it is, at the end of a part."""
        return Moved(self._before, self._known, self._total)

    def within_part(self, moved: int) -> None:
        """Tell how many bytes of the present part are moved by now."""
        self._watch(Moved(self._before + moved, self._known, self._total))

    def end_part(self, size: int, *, was_known: bool) -> None:
        """Count a part of so many bytes as done."""
        self._before += size
        self._known += size if was_known else 0
        self.within_part(0)
