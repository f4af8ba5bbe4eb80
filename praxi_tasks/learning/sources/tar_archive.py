"""Listing a tar archive as a release, by the reader and within the limits of image layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Final, cast

import numpy as np

from praxi_tasks.errors import ReleaseRefusedError
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import look_for_build_ids
from praxi_tasks.learning.data import NewPackage, ReleaseLimits, StoredRelease
from praxi_tasks.oci.image import Blob, Descriptor
from praxi_tasks.oci.layer import LayerLimits, read_layer

_LARGEST: Final = 16 << 30
_LINKS: Final = tuple(ord(letter) for letter in "hl")


def list_tar(
    file: IO[bytes], wanted: NewPackage, source: str, place: Callable[[str], str | None]
) -> StoredRelease:
    """Return the release that a tar archive installs, compressed with gzip or zstd or not at all.

    Parameters
    ----------
    place
        Returns where a member is installed, relative to the root; ``None`` for one that is not.

    Raises
    ------
    LayerError
        If the archive is malformed or hostile.
    """
    limits = LayerLimits(max_entries=2 * ReleaseLimits.from_environment().max_files, max_bytes=_LARGEST)
    descriptor = Descriptor("application/vnd.oci.image.layer.v1.tar", "", 0)
    inspection = look_for_build_ids()
    reading = read_layer(
        cast(Blob, file), descriptor, limits=limits, retain=lambda _: False, inspection=inspection
    )
    changeset = Changeset.from_reading(reading, inspection.results)
    if changeset.whiteouts or changeset.opaques:
        raise ReleaseRefusedError("it holds whiteouts, which only layers do", where=wanted.purl)
    placed = [place(path) for path in changeset.paths]
    is_file = np.isin(changeset.types, [ord("f"), *_LINKS])
    rows = np.array([row for row in np.flatnonzero(is_file).tolist() if placed[row]], np.intp)
    return StoredRelease(
        *wanted.identity, source, [placed[row] or "" for row in rows.tolist()],
        changeset.sizes[rows], changeset.hashes[rows], ~np.isin(changeset.types[rows], _LINKS),
        changeset.build_ids.select(rows),
    )  # fmt: skip


class Stretch:
    """A stretch of a file, as a file for reading once."""

    def __init__(self, file: IO[bytes], offset: int, size: int) -> None:
        self._file = file
        self._file.seek(offset)
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes of what is left."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data
