"""The known contents of a package beside the files of one copy of it: what is there, and what agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.copies import Copy
from praxi_tasks.discovery.file_roles import is_written
from praxi_tasks.fingerprint import UNKNOWN_SIZE, PathKind, Tagset, is_published, same_contents


class ComparedRows(NamedTuple):
    """A package's contents, row by row, beside a copy's files; all columns of shape ``(rows,)``.

    Parameters
    ----------
    tagset
        The layer.
    keys, sizes
        Of the contents, by path: hash of the path, bytes.
    files
        The file at a row's path; any where there is none.
    there
        Whether there is one.
    measured, same
        Whether its content can be compared, and is that of the row.
    comparable
        Whether that is told by the content, and not by the size alone.
    alternatives
        How many contents of the path are known.
    """

    tagset: Tagset
    keys: NDArray[np.uint64]
    sizes: NDArray[np.uint64]
    files: NDArray[np.intp]
    there: NDArray[np.bool_]
    measured: NDArray[np.bool_]
    same: NDArray[np.bool_]
    comparable: NDArray[np.bool_]
    alternatives: NDArray[np.intp]

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Whether the content can be compared and is another one."""
        return self.measured & ~self.same

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Whether the content is that of the row, and not only its size."""
        return self.same & self.comparable

    def without(self, foreign: NDArray[np.bool_]) -> ComparedRows:
        """Return the same where some files, shape ``(files,)``, can't be compared but are seen to agree."""
        return self._replace(measured=self.measured & (self.same | ~foreign[self.files]))

    def named(self, mask: NDArray[np.bool_], wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return which rows of a mask are of a file whose path is ``wanted``."""
        return _named(self.files, mask, self.tagset, wanted)


def compare_rows(contents: PackageContents, copy: Copy, tagset: Tagset) -> ComparedRows:
    """Compare each content that is known of a package's paths with the file that a copy has there.

    An empty file that no version fills can't be compared, nor one of which some version has the path alone.
    """
    keys, sizes, hashes = contents.keys, contents.sizes, contents.hashes
    places = np.minimum(np.searchsorted(copy.keys, keys), max(len(copy.keys) - 1, 0))
    there = copy.keys[places] == keys if len(copy.keys) else np.zeros(len(keys), np.bool_)
    files = copy.rows[places] if len(copy.keys) else places
    alternatives = _alternatives(keys, sizes, hashes)
    measured = there & tagset.measured[files] & ~tagset.normalised.derived[files]
    metadata = tagset.normalised.kinds[files] == PathKind.METADATA
    measured &= ~_named(files, measured & metadata, tagset, is_written)
    measured &= (alternatives > 1) | (sizes > 0) | (tagset.sizes[files] > 0)
    measured &= ~np.isin(keys, keys[sizes == UNKNOWN_SIZE])
    same = measured & (tagset.sizes[files] == sizes)
    alike, comparable = same_contents(hashes, tagset.hashes[files], tagset.published_column()[files])
    same &= ~comparable | alike
    return ComparedRows(tagset, keys, sizes, files, there, measured, same, comparable, alternatives)


def _alternatives(
    keys: NDArray[np.uint64], sizes: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> NDArray[np.intp]:
    """Return for each row how many contents of its path are known to differ, shape ``(rows,)``.

    Rows are sorted by path, size and hash. Of two of one size, one without a hash, nobody knows, nor of two
    that are known by digests of two kinds.
    """
    _, path, rows = np.unique(keys, return_inverse=True, return_counts=True)
    again = np.zeros(len(keys), np.bool_)
    again[1:] = (keys[1:] == keys[:-1]) & (sizes[1:] == sizes[:-1])
    by_size = rows - np.bincount(path, again, len(rows)).astype(np.intp)
    published = np.bincount(path, is_published(hashes), len(rows))
    unknown = (np.bincount(path, hashes == 0, len(rows)) > 0) | ((published > 0) & (published < rows))
    return np.asarray(np.where(unknown, by_size, rows)[path])


def _named(
    files: NDArray[np.intp], mask: NDArray[np.bool_], tagset: Tagset, wanted: Callable[[str], bool]
) -> NDArray[np.bool_]:
    found = np.zeros(len(files), np.bool_)
    rows = np.flatnonzero(mask)
    if not len(rows):
        return found
    asked = files[rows]  # in the order of paths, of which there may be several contents
    new = np.append(True, asked[1:] != asked[:-1])
    answers = np.array([wanted(tagset.paths[file]) for file in asked[new].tolist()], np.bool_)
    found[rows] = answers[np.cumsum(new) - 1]
    return found
