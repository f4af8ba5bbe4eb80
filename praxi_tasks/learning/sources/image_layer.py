"""Reads a release from the image layer that contains it, by the layer's package database.

Works for private packages and without any registry. Sizes and hashes are those of the layer's own files, so
what a later layer changes or removes does not matter.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import KeyNotFoundError, ReleaseNotFoundError
from praxi_tasks.fingerprint import PathKind, Tagset, normalise_all
from praxi_tasks.inventory import Claim, Inventory
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.store import Store, keys

LEAST_SHARE: Final = 0.9
"""Least share of the listed files that a layer must contain; with less, the release is incomplete."""

_PREFIXED: Final = ("bin", "etc", "include", "sbin", "share")
_PYTHON_ROOTS: Final = ("site-packages", "dist-packages")
_OPTIONAL: Final = (PathKind.DOC, PathKind.MAN, PathKind.LOCALE)


class LayerSource:
    """Reads releases from layers whose inventory and tagset are stored."""

    name = "layer"

    def __init__(self, store: Store) -> None:
        self._store = store

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether a layer with the release is known."""
        return bool(wanted.layers)

    def versions(self, wanted: NewPackage) -> Sequence[str]:  # noqa: ARG002 - as the protocol has it
        """Return none: a layer contains one version only."""
        return ()

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return the files of the release in the layer that holds most of them."""
        best: tuple[float, int, StoredRelease] | None = None
        for digest in wanted.layers:
            for share, release in self._in_layer(digest, wanted):
                rank = share, len(release.paths), release
                best = rank if best is None or rank[:2] > best[:2] else best
        if best is None or best[0] < LEAST_SHARE:
            found = "no layer lists its files" if best is None else f"{best[0]:.0%} of its files are left"
            raise ReleaseNotFoundError(found, where=wanted.purl)
        return best[2]

    def _in_layer(self, digest: str, wanted: NewPackage) -> Iterator[tuple[float, StoredRelease]]:
        try:
            inventory = Inventory.from_bytes(self._store.get(keys.layer_inventory(digest)))
            claims = [
                claim
                for claim in inventory.claims
                if (claim.ecosystem, claim.name, claim.version) == wanted.identity and claim.files
            ]
            if not claims:
                return
            tagset = Tagset.from_bytes(self._store.get(keys.layer_tagset(digest)))
        except KeyNotFoundError:
            return
        for claim in claims:
            yield _owned(claim, tagset)


def _owned(claim: Claim, tagset: Tagset) -> tuple[float, StoredRelease]:
    """Return which share of the listed files the layer holds, and those, as a release."""
    listed = list(_permitted(claim))
    wanted = normalise_all(listed)
    needed = np.unique(wanted.keys[~wanted.derived & ~np.isin(wanted.kinds, _OPTIONAL)])
    rows = _rows(tagset, np.unique(wanted.keys))
    share = float(np.isin(needed, tagset.normalised.keys[rows]).mean()) if len(needed) else 0.0
    release = StoredRelease(
        claim.ecosystem, claim.name, claim.version, f"layer {tagset.digest}",
        [tagset.paths[row] for row in rows.tolist()],
        tagset.sizes[rows], tagset.hashes[rows], tagset.measured[rows], tagset.build_ids.select(rows),
    )  # fmt: skip
    return share, release


def _rows(tagset: Tagset, wanted: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the layer's files with these keys; byte code is made anew on every machine."""
    columns = tagset.normalised
    return np.flatnonzero(np.isin(columns.keys, wanted) & ~columns.derived)


def _permitted(claim: Claim) -> Iterable[str]:
    """Yield the paths that a package of the claim's kind may own.

    What pip installs lies where Python imports from, or below the same prefix: a RECORD that lists
    ``/etc/passwd`` makes no password file part of the package.
    """
    if claim.ecosystem != PYPI.purl_type:
        return claim.files
    site = _site(claim.database)
    prefix = posixpath.dirname(posixpath.dirname(posixpath.dirname(site)))
    homes = tuple(posixpath.join(prefix, folder, "") for folder in _PREFIXED) if prefix else ()
    return (path for path in claim.files if path.startswith((f"{site}/", *homes)))


def _site(database: str) -> str:
    """Return the folder that Python imports from, by the place of a database in it."""
    parts = database.split("/")
    for place, part in enumerate(parts):
        if part in _PYTHON_ROOTS:
            return "/".join(parts[: place + 1])
    return posixpath.dirname(posixpath.dirname(database))
