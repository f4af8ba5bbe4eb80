"""The build-ids of those among some files that have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_ROWS, _IDS = "build_id_rows", "build_ids"
_COLUMNS: Final = {_ROWS: "<u4", _IDS: "<u8"}


@dataclass(frozen=True, slots=True, eq=False)
class BuildIds:
    """Build-ids by file; both arrays have the shape ``(k,)``.

    Attributes
    ----------
    rows
        Which of the files have one, ascending, each once.
    ids
        See :mod:`praxi_tasks.inventory.binary.build_id`.
    """

    rows: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    ids: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    @classmethod
    def of(cls, paths: Sequence[str], ids: Mapping[str, int]) -> BuildIds:
        """Return the build-ids of files, given by their paths; 0 stands for none."""
        known = {path: value for path, value in ids.items() if value}
        found = [(row, known[path]) for row, path in enumerate(paths) if path in known] if known else []
        return cls(
            np.array([row for row, _ in found], np.uint32), np.array([value for _, value in found], np.uint64)
        )

    def select(self, rows: NDArray[np.intp]) -> BuildIds:
        """Return the same of some of the files: their numbers, each once, shape ``(n,)``."""
        if not len(self.rows) or not len(rows):
            return BuildIds()
        order = np.argsort(rows, kind="stable")
        places = np.minimum(np.searchsorted(rows, self.rows, sorter=order), len(rows) - 1)
        new = order[places]
        mine = np.flatnonzero(rows[new] == self.rows)
        mine = mine[np.argsort(new[mine], kind="stable")]
        return BuildIds(new[mine].astype(np.uint32), self.ids[mine])

    def column(self, count: int) -> NDArray[np.uint64]:
        """Return the build-id of each of all ``count`` files, 0 where there is none, shape ``(count,)``."""
        values = np.zeros(count, np.uint64)
        values[self.rows] = self.ids
        return values

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the columns as they are stored."""
        return {_ROWS: self.rows, _IDS: self.ids}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], count: int) -> BuildIds:
        """Read what :meth:`arrays` returned of ``count`` files; what was stored before has none.

        Raises
        ------
        ValueError
            If the columns do not fit each other or the files.
        """
        if _ROWS not in arrays:
            return cls()
        if any(name not in arrays or arrays[name].dtype.str != kind for name, kind in _COLUMNS.items()):
            raise ValueError("the build-ids are not whole")
        rows, ids = (arrays[name] for name in _COLUMNS)
        if len(rows) != len(ids) or (np.diff(rows.astype(np.int64)) <= 0).any():
            raise ValueError("the build-ids do not fit their files")
        if len(rows) and int(rows[-1]) >= count:
            raise ValueError("a build-id is of no file")
        return cls(rows, ids)
