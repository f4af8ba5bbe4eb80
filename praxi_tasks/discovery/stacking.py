"""Putting layers on top of each other: the files an image is left with, and which layer each came from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.evidence import Told
from praxi_tasks.discovery.prediction import ImageRelease
from praxi_tasks.fingerprint.paths import normalise_all
from praxi_tasks.fingerprint.tagset import Tagset


def stack(tagsets: Sequence[Tagset]) -> tuple[Tagset, NDArray[np.intp]]:
    """Return the image's files as one tagset, and for each of them the place of its layer.

    A layer's whiteouts and opaque folders hide what lower layers put there; a path that two layers have is
    the upper one's.
    """
    place: dict[str, tuple[int, int]] = {}
    for number, tagset in enumerate(tagsets):
        if tagset.whiteouts or tagset.opaques:
            _remove(place, tagset)
        place |= {path: (number, row) for row, path in enumerate(tagset.paths)}
    paths = list(place)
    origin = np.array([number for number, _ in place.values()], np.intp)
    begins = np.concatenate(([0], np.cumsum([len(tagset) for tagset in tagsets]))).astype(np.intp)
    rows = begins[origin] + np.array([row for _, row in place.values()], np.intp)
    whole = Tagset(
        tagsets[-1].digest if tagsets else "",
        paths,
        normalise_all(paths),
        np.concatenate([np.empty(0, np.uint64), *(tagset.sizes for tagset in tagsets)])[rows],
        np.concatenate([np.empty(0, np.uint64), *(tagset.hashes for tagset in tagsets)])[rows],
        np.concatenate([np.empty(0, np.bool_), *(tagset.measured for tagset in tagsets)])[rows],
    )
    return whole, origin


def _remove(place: dict[str, tuple[int, int]], tagset: Tagset) -> None:
    ordered = sorted(place)
    for path in tagset.whiteouts:
        place.pop(path, None)
    for folder in (*tagset.whiteouts, *tagset.opaques):
        prefix = f"{folder}/" if folder else ""
        at = bisect_left(ordered, prefix)
        while at < len(ordered) and ordered[at].startswith(prefix):
            place.pop(ordered[at], None)
            at += 1


def spread(
    told: Told, found: Candidates, named: NDArray[np.intp], origin: NDArray[np.intp], digests: Sequence[str]
) -> tuple[ImageRelease, ...]:
    """Return the releases that were named with the layers their files came from."""
    releases = []
    for place, release in zip(named.tolist(), told.releases, strict=True):
        keys = found.matches.keys[found.matches.packages == found.packages[place]]
        layers = np.unique(origin[found.layer.rows[keys]]).tolist()
        releases.append(ImageRelease(release, tuple(digests[layer] for layer in layers)))
    return tuple(releases)
