"""Which files of a copy are unlike each known version, and which of those show that it is another one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.compared_rows import ComparedRows
from praxi_tasks.discovery.file_roles import is_changed_by_versions, is_edited, is_library, names_version
from praxi_tasks.discovery.version_tally import VersionTally
from praxi_tasks.fingerprint import PathKind


class Differences:
    """Counts the files of one copy of a package that are unlike its versions.

    Where a file agrees that changes with every version, libraries that no version has as they are count for
    nothing: wheels for other interpreters, and what a site built itself, have others beside the same code.

    Parameters
    ----------
    counted
        Counts the paths of each version.
    """

    def __init__(self, rows: ComparedRows, counted: VersionTally) -> None:
        self._rows, self._counted = rows, counted
        keys, differs = rows.keys, rows.differs
        self._library = rows.named(differs, is_library)
        rebuilt = np.setdiff1d(keys[self._library], keys[rows.same])
        self._rebuilt = np.isin(keys, rebuilt) if len(rebuilt) else np.zeros(len(keys), np.bool_)
        every = counted.paths(rows.sure & counted.varying) > 0 if differs.any() else None
        self._shown = np.ones(counted.count, np.bool_) if every is None else every

    def counts(self) -> NDArray[np.int64]:
        """Return how many files are not as each version has them, shape ``(versions,)``."""
        return self._among(self._rows.measured)

    def contradicting(self) -> NDArray[np.int64]:
        """Return how many of them show that it is not the version, shape ``(versions,)``.

        They are known to change with most versions, state one, or are code. A library that is smaller may
        have been stripped. Where no file agrees that shows the version, because its content varies or its
        name says so, each counts that people do not edit.
        """
        rows, significant = self._rows, self._rows.measured & self._significant()
        some = self._among(significant)
        if self._shown.all():
            return some
        proven = self._shown | (self._counted.paths(rows.named(rows.sure, names_version)) > 0)
        return np.where(proven, some, self._among(significant | (rows.measured & self._fixed())))

    def _among(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count files of some rows that differ from each version, shape ``(versions,)``."""
        keys = self._rows.keys
        there = np.where(self._shown, _distinct(keys[mask & ~self._rebuilt]), _distinct(keys[mask]))
        return np.asarray(there - self._counted.paths(mask & self._rows.same), np.int64)

    def _significant(self) -> NDArray[np.bool_]:
        """Return which rows are of a path whose content changes with versions, shape ``(rows,)``."""
        rows = self._rows
        code = rows.named(rows.differs, is_changed_by_versions) | (self._library & ~self._is_smaller())
        return (2 * rows.alternatives > self._counted.count + 1) | np.isin(rows.keys, rows.keys[code])

    def _fixed(self) -> NDArray[np.bool_]:
        """Return which rows are of a path whose file differs and is none that people edit, shape ``(rows,)``.

        Documents may be, and what a tool strips.
        """
        rows, differs = self._rows, self._rows.differs
        columns = rows.tagset.normalised
        document = np.isin(columns.kinds[rows.files], (PathKind.DOC, PathKind.MAN, PathKind.LOCALE))
        compiled = self._library | (differs & np.isin(rows.files, rows.tagset.build_ids.rows))
        stripped = compiled & self._is_smaller()
        may_be = document | stripped | rows.named(differs & ~compiled, is_edited)
        return np.isin(rows.keys, rows.keys[differs & ~may_be])

    def _is_smaller(self) -> NDArray[np.bool_]:
        """Return which rows are of a file that is smaller and not empty, shape ``(rows,)``."""
        own = self._rows.tagset.sizes[self._rows.files]
        return np.asarray((own < self._rows.sizes) & (own > 0))


def _distinct(keys: NDArray[np.uint64]) -> int:
    """Count distinct keys among sorted ones, shape ``(n,)``."""
    return int(np.count_nonzero(keys[1:] != keys[:-1])) + 1 if len(keys) else 0
