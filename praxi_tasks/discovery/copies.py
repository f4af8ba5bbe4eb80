"""Copies of one package in a layer: in two virtual environments, or below two prefixes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.discovery.tokens import in_sorted
from praxi_tasks.fingerprint import PYTHON_ROOT, Tagset

LEAST: Final = 0.5
"""A copy has at least this share of the paths that the fullest has, or a version: less is a leftover."""

_MOST: Final = 64
"""Of more copies the fullest are told."""

_ASKED: Final = 8  # paths whose byte code is looked for: mostly it lies beside its source

_CACHE: Final = "__pycache__"

NODE_ROOT: Final = "usr/local/lib"
"""Where npm's packages are packaged, below ``node_modules``."""

_NODE_MODULES: Final = f"{NODE_ROOT}/node_modules"


class Copy(NamedTuple):
    """The files of one copy of a package.

    Parameters
    ----------
    root
        The folder that it was installed into, without leading slash, as in the changeset.
    keys, rows
        Path hashes, sorted and distinct, and the file at each, shape ``(k,)`` each.
    """

    root: str
    keys: NDArray[np.uint64]
    rows: NDArray[np.intp]


class Copies:
    """Finds the copies of packages in one layer.

    Parameters
    ----------
    layer
        The distinct paths of the layer.
    """

    def __init__(self, layer: LayerKeys, tagset: Tagset) -> None:
        self._layer, self._tagset = layer, tagset
        originals = np.bincount(layer.key_of[~tagset.normalised.derived], minlength=len(layer.keys))
        self._several = originals > 1
        self._compiled = np.bincount(layer.key_of, minlength=len(layer.keys)) > np.maximum(originals, 1)

    def of(self, paths: NDArray[np.uint64], *, native: bool) -> tuple[Copy, ...]:
        """Return the copies of a package, the fullest first; none if the layer has none of its paths.

        Parameters
        ----------
        paths
            Hashes of its paths, sorted and distinct, shape ``(n,)``.
        native
            Whether it is the distribution's: only those are in the distribution's own folder for Python.
        """
        keys = np.flatnonzero(in_sorted(paths, self._layer.keys))
        keys = keys[self._layer.at_home(keys, native)]
        if not len(keys):
            return ()
        rows = self._layer.rows[keys]
        if not self._several[keys].any() and not self._is_compiled_elsewhere(keys):
            return (Copy(self._root(rows[0]), self._layer.keys[keys], rows),)
        places: dict[str, list[int]] = {}
        for row in self._files(keys).tolist():
            places.setdefault(self._root(row), []).append(row)
        copies = sorted((self._copy(root, found) for root, found in places.items()), key=_fullest_first)
        return tuple(copies[:_MOST])

    def _is_compiled_elsewhere(self, keys: NDArray[np.intp]) -> bool:
        """Return whether byte code of some paths lies below several roots, or another one than its source."""
        compiled = keys[self._compiled[keys]]
        asked = compiled[:: max(len(compiled) // _ASKED, 1)]
        return len(compiled) > 0 and any(
            len({*map(self._root, self._files(asked[place : place + 1]).tolist())}) > 1
            for place in range(len(asked))
        )

    def _files(self, keys: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return all files that are at some paths, originals before what was derived from them."""
        starts = np.searchsorted(self._sorted_keys, keys, side="left").tolist()
        ends = np.searchsorted(self._sorted_keys, keys, side="right").tolist()
        return np.concatenate([self._by_key[start:end] for start, end in zip(starts, ends, strict=True)])

    @cached_property
    def _by_key(self) -> NDArray[np.intp]:
        return np.lexsort((self._tagset.normalised.derived, self._layer.key_of))

    @cached_property
    def _sorted_keys(self) -> NDArray[np.intp]:
        return self._layer.key_of[self._by_key]

    def _copy(self, root: str, files: Sequence[int]) -> Copy:
        rows = np.array(files, np.intp)
        places, first = np.unique(self._layer.key_of[rows], return_index=True)
        return Copy(root, self._layer.keys[places], rows[first])

    def _root(self, row: int) -> str:
        """Return what precedes a file's normalised path in its own."""
        columns = self._tagset.normalised
        folder = columns.folders[columns.folder_of[row]].removeprefix(PYTHON_ROOT)
        if folder.startswith(_NODE_MODULES):
            folder = folder[len(NODE_ROOT) + 1 :]
        depth = folder.count("/") + 1 if folder else 0
        parts = self._tagset.paths[row].split("/")[:-1]
        if parts and parts[-1] == _CACHE:
            parts.pop()
        return "/".join(parts[: max(len(parts) - depth, 0)])


def _fullest_first(copy: Copy) -> tuple[int, str]:
    return -len(copy.keys), copy.root
