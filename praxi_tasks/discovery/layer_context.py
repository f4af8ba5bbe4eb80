"""What lies around the candidates: how much of the layer nobody claims, and how intact the rest is.

A little evidence means much in a layer that is understood and nothing in one that is strange all over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import among
from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.discovery.tokens import present
from praxi_tasks.ecosystems import DEB
from praxi_tasks.fingerprint import PathKind, Tagset, hash_text

_DEBIAN: Final = f"{DEB.purl_type}/"
_DOCUMENTS: Final = "usr/share/doc/"


class LayerContext:
    """The files of a layer, and which of them some candidate claims.

    Parameters
    ----------
    matched
        The keys that some package has, as places in ``layer``; they may repeat.
    owners
        The owners of each of the layer's folders.
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
        """Return the share of the files of some kinds that nobody claims; NaN where there are none.

        Each region of the file system counts as one: an application's own tree is big, and says little about
        the packages beside it.
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
        """Return the share of unclaimed files in the folders that each of ``count`` candidates has hits in.

        Parameters
        ----------
        candidate, key
            The hits: pairs of a candidate and a key of the layer.
        """
        if not len(key):
            return np.zeros(count)
        total = np.bincount(self._folder, minlength=self._folders)
        unclaimed = np.bincount(self._folder[~self.claimed], minlength=self._folders)
        pairs = np.sort(candidate * self._folders + self._folder[key])
        owner, folder = np.divmod(pairs[np.append(True, pairs[1:] != pairs[:-1])], self._folders)
        return share(np.bincount(owner, unclaimed[folder], count), np.bincount(owner, total[folder], count))


def _regions(folders: Sequence[str]) -> NDArray[np.intp]:
    """Number the regions that folders lie in: three names deep below ``usr``, two elsewhere."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(_region(folder), len(numbers)) for folder in folders], np.intp)


def _region(folder: str) -> str:
    second = folder.find("/", folder.find("/") + 1)
    last = folder.find("/", second + 1) if folder.startswith("usr/") and second > 0 else second
    return folder if last < 0 else folder[:last]


def has_copyright_file(names: Sequence[str], tagset: Tagset, layer: LayerKeys) -> NDArray[np.float64]:
    """Return whether the layer has the licence that Debian's policy has each package ship under its name.

    Others put documents into a package's folder, but not this one.

    Parameters
    ----------
    names
        ``ecosystem/name`` of each package.

    Returns
    -------
    has_copyright_file
        1 or 0 of each package of Debian, also 1 where a link to another package's folder stands for it; NaN
        of the packages of others, and of all where the layer has no folders of documents.
    """
    answers = np.full(len(names), np.nan)
    if any(folder.startswith(_DOCUMENTS) for folder in tagset.normalised.folders):
        own = [place for place, name in enumerate(names) if name.startswith(_DEBIAN)]
        folders = [_DOCUMENTS + names[place].removeprefix(_DEBIAN) for place in own]
        answers[own] = _has(layer, [f"{folder}/copyright" for folder in folders]) | _has(layer, folders)
    return answers


def _has(layer: LayerKeys, paths: Sequence[str]) -> NDArray[np.bool_]:
    return present(layer.keys, np.fromiter(map(hash_text, paths), np.uint64, len(paths)))


def weighted_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64], sure: NDArray[np.bool_]
) -> float:
    """Return the weighted mean of the values that are sure; NaN where none is, or none has weight."""
    weight = weights[sure]
    return float(np.average(values[sure], weights=weight)) if weight.sum() > 0 else np.nan


def share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Return what share of each whole a part is, 0 of nothing."""
    return np.asarray(part / np.maximum(whole, 1))
