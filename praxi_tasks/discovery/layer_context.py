"""Features of a layer as a whole: how much of it is unclaimed, and how complete its packages are.

The same evidence means more in a layer whose other files are explained than in one of unknown software.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import among
from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.discovery.tokens import in_sorted
from praxi_tasks.ecosystems import DEB
from praxi_tasks.fingerprint import PathKind, Tagset, hash_text

_DEBIAN: Final = f"{DEB.purl_type}/"
_DOCUMENTS: Final = "usr/share/doc/"


class LayerContext:
    """The files of a layer, and which of them some candidate claims.

    Parameters
    ----------
    layer
        The layer's distinct paths, ``k`` of them.
    matched
        Indices of the paths that some package has, shape ``(pairs,)``; they may repeat.
    owners
        Package numbers of the owners of each folder, -1 for none, shape ``(folders, 2)``.
    """

    def __init__(
        self, tagset: Tagset, layer: LayerKeys, matched: NDArray[np.intp], owners: NDArray[np.intp]
    ) -> None:
        self._folder = tagset.normalised.folder_of[layer.rows].astype(np.intp)
        self._folders = len(owners)
        self._region = _regions(tagset.normalised.folders)
        self._kinds = tagset.normalised.kinds[layer.rows]
        self.claimed = np.zeros(len(layer.keys), np.bool_)
        self.claimed[matched] = True
        if len(self._folder):
            self.claimed |= owners[self._folder, 0] >= 0

    @property
    def regions(self) -> int:
        """How many regions of the file system the layer has files in."""
        return int(self._region.max(initial=-1)) + 1

    def unclaimed_share(self, kinds: tuple[PathKind, ...]) -> float:
        """Return the share of the files of some kinds that no candidate claims; NaN where there are none.

        It is the mean over the regions of the file system, so that an application's own big tree counts once:
        it says little about the packages beside it.
        """
        some = among(self._kinds, kinds)
        if not some.any():
            return np.nan
        region = self._region[self._folder[some]]
        files = np.bincount(region)
        unclaimed = np.bincount(region, ~self.claimed[some])
        return float(np.mean(unclaimed[files > 0] / files[files > 0]))

    def unclaimed_beside(
        self, candidate: NDArray[np.intp], key: NDArray[np.intp], count: int
    ) -> NDArray[np.float64]:
        """Return the share of unclaimed files in the folders of each candidate's hits, shape ``(count,)``.

        Parameters
        ----------
        candidate, key
            The hits: candidate indices and path indices, shape ``(pairs,)`` each.
        """
        if not len(key):
            return np.zeros(count)
        total = np.bincount(self._folder, minlength=self._folders)
        unclaimed = np.bincount(self._folder[~self.claimed], minlength=self._folders)
        pairs = np.sort(candidate * self._folders + self._folder[key])
        owner, folder = np.divmod(pairs[np.append(True, pairs[1:] != pairs[:-1])], self._folders)
        return share(np.bincount(owner, unclaimed[folder], count), np.bincount(owner, total[folder], count))


def _regions(folders: Sequence[str]) -> NDArray[np.intp]:
    """Number the regions of folders, shape ``(len(folders),)``: three levels deep below ``usr``, else two."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(_region(folder), len(numbers)) for folder in folders], np.intp)


def _region(folder: str) -> str:
    second = folder.find("/", folder.find("/") + 1)
    last = folder.find("/", second + 1) if folder.startswith("usr/") and second > 0 else second
    return folder if last < 0 else folder[:last]


def has_copyright_file(names: Sequence[str], tagset: Tagset, layer: LayerKeys) -> NDArray[np.float64]:
    """Return whether the copyright file is there that Debian policy has each package ship under its name.

    Other packages may put documents into a package's folder, but not this one.

    Parameters
    ----------
    names
        ``ecosystem/name`` of each package.

    Returns
    -------
    has_copyright_file
        Shape ``(len(names),)``. 1 or 0 of each package of Debian, also 1 where a link to another package's
        folder stands for it; NaN of other packages, and of all where the layer has no documents.
    """
    answers = np.full(len(names), np.nan)
    if any(folder.startswith(_DOCUMENTS) for folder in tagset.normalised.folders):
        own = [place for place, name in enumerate(names) if name.startswith(_DEBIAN)]
        folders = [_DOCUMENTS + names[place].removeprefix(_DEBIAN) for place in own]
        answers[own] = _has(layer, [f"{folder}/copyright" for folder in folders]) | _has(layer, folders)
    return answers


def _has(layer: LayerKeys, paths: Sequence[str]) -> NDArray[np.bool_]:
    return in_sorted(layer.keys, np.fromiter(map(hash_text, paths), np.uint64, len(paths)))


def weighted_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64], sure: NDArray[np.bool_]
) -> float:
    """Return the weighted mean of the values that are certain; NaN where none is, or none has weight.

    Parameters
    ----------
    values, weights, sure
        Shape ``(n,)`` each.
    """
    weight = weights[sure]
    return float(np.average(values[sure], weights=weight)) if weight.sum() > 0 else np.nan


def share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share of each whole that a part is, 0 of an empty whole; shape ``(n,)``."""
    return np.asarray(part / np.maximum(whole, 1))
