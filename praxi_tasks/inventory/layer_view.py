"""The part of a layer that readers of package databases work on."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.inventory.claim import Link
from praxi_tasks.inventory.limits import InventoryLimits, setting

LEFT_OUT: Final = "other package records"
"""Stands for the path in the line that counts the problems left out; no reader reads a file of this name."""

_FOLDER: Final = ord("d")
_LONGEST_PART: Final = 300  # characters of a path or a reason in a problem's line
_MOST_PROBLEMS: Final = 20  # of one database


class LayerFiles(Protocol):
    """The columns of a changeset that matter here."""

    @property
    def digest(self) -> str:
        """The layer's digest."""

    @property
    def paths(self) -> Sequence[str]:
        """Paths without a leading slash, one per entry."""

    @property
    def types(self) -> NDArray[np.uint8]:
        """``ord`` of each entry's type letter, such as ``f``, ``d`` or ``l``: shape ``(len(paths),)``."""

    @property
    def links(self) -> Mapping[int, str]:
        """Targets by the links' numbers: of symbolic links as written, of hard links relative to the root."""


class LayerView:
    """A layer's files, the contents that were kept of them, and the problems found so far.

    Parameters
    ----------
    files
        All entries of the layer.
    kept
        Contents by path, without leading slashes, of the files that some reader keeps.
    limits
        How many problems are noted; by default what the environment says.
    """

    def __init__(
        self, files: LayerFiles, kept: Mapping[str, bytes], limits: InventoryLimits | None = None
    ) -> None:
        self.files = files
        self.kept = kept
        self._problems: list[str] = []
        self._left_out = 0
        self._most_problems = (limits or InventoryLimits.from_environment()).max_problems
        self.links: list[Link] = []
        self._reports: Counter[str] = Counter()
        self._given: set[str] = set()

    def report(self, path: str, what: str) -> None:
        """Note what could not be read, as one printable line of bounded length.

        Of one database only the first few problems are kept: the rest are most likely the same. Above the
        layer's limit they are counted.
        """
        if len(self._problems) >= self._most_problems:
            self._left_out += 1
            return
        self._reports[path] += 1
        if self._reports[path] > _MOST_PROBLEMS:
            return
        line = f"{path[-_LONGEST_PART:]}: {what[:_LONGEST_PART]}"
        self._problems.append("".join(c if c.isprintable() else "?" for c in line))

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read, a line each, and how many lines are left out."""
        if not self._left_out:
            return tuple(self._problems)
        more = f"{self._left_out:,} more problems of a layer are left out: raise {setting('max_problems')}"
        return (*self._problems, f"{LEFT_OUT}: {more}")

    def members(self) -> Iterator[str]:
        """Yield the paths that are no folders: a million of them are never held at once."""
        return compress(self.files.paths, (self.files.types != _FOLDER).tolist())

    @cached_property
    def folders(self) -> frozenset[str]:
        """The paths that are folders."""
        return frozenset(compress(self.files.paths, (self.files.types == _FOLDER).tolist()))

    @cached_property
    def _sorted_members(self) -> list[str]:
        return sorted(self.members())

    def holds(self, path: str) -> bool:
        """Return whether the layer has a file of a path."""
        place = bisect_left(self._sorted_members, path)
        return place < len(self._sorted_members) and self._sorted_members[place] == path

    def give(self, folder: str) -> tuple[str, ...]:
        """Return all files below a folder, sorted, to the first who asks: nobody owns them a second time.

        That bounds what a small record that names one folder a thousand times can expand to.
        """
        if not folder or folder in self._given:
            return ()
        self._given.add(folder)
        paths, found = self._sorted_members, []
        for position in range(bisect_left(paths, f"{folder}/"), len(paths)):
            if not paths[position].startswith(f"{folder}/"):
                break
            found.append(paths[position])
        return tuple(found)
