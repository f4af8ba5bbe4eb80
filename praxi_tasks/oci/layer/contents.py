"""The result of reading a layer: columns of its files, whiteouts, retained contents."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.oci.layer.overwrites import PathIndex, follow_hard_links, superseded
from praxi_tasks.oci.layer.strings import ends
from praxi_tasks.oci.layer.tar_scan import TarScan

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class LayerReading:
    """What one layer holds, as columns of one length, one row per file that it leaves on disk.

    Attributes
    ----------
    digest
        Of the compressed blob; verified.
    paths
        NUL-terminated, relative to the root, in the archive's order, as the bytes they are.
    types
        Letters: regular file ``f``, directory ``d``, symbolic link ``l``, hard link ``h``, character device
        ``c``, block device ``b``, fifo ``p``.
    sizes, hashes
        Bytes and xxh3-64 of regular files, and of hard links to files of the same layer; else 0.
    modes, mtimes
        Permission bits; seconds since the epoch, rounded down.
    checksum_kinds, checksums
        The kind of each file's checksum, and its first eight bytes as a number, the first the highest; see
        :mod:`~praxi_tasks.oci.layer.checksums`. Both 0 where there is none.
    link_rows, link_targets
        The rows that are links, ascending, and the NUL-terminated targets: of symbolic links as written, of
        hard links relative to the root.
    program_rows
        The rows of regular files that begin as programs do, ascending.
    whiteouts, opaques
        Paths removed from lower layers, and folders emptied of what lower layers put into them. The same
        layer may add a path that it removes.
    retained
        Contents by path of the files that the reader was asked to retain, under each of their names.
    too_large
        Paths of those that it could not retain because of the limits.
    reserve
        Contents by path of other files that look like a database: a higher layer may link to them.
    """

    digest: str
    paths: bytes | bytearray
    types: NDArray[np.uint8]
    sizes: NDArray[np.uint64]
    modes: NDArray[np.uint32]
    mtimes: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    checksum_kinds: NDArray[np.uint8]
    checksums: NDArray[np.uint64]
    link_rows: NDArray[np.uint32]
    link_targets: bytes
    program_rows: NDArray[np.uint32]
    whiteouts: tuple[str, ...]
    opaques: tuple[str, ...]
    retained: dict[str, bytes]
    too_large: tuple[str, ...]
    reserve: dict[str, bytes]


def to_reading(digest: str, scan: TarScan) -> LayerReading:
    """Turn what a scan listed into what the layer leaves on disk."""
    members = scan.members
    index = PathIndex(members)
    scan.retained.link(follow_hard_links(members), index.__getitem__)
    gone = superseded(members)
    scan.inspection.drop(gone)
    stays = np.ones(len(members), np.bool_)
    stays[list(gone)] = False
    rows = np.asarray(members.link_rows).astype(np.intp)
    remaining = stays[rows]
    programs = np.asarray(members.program_rows).astype(np.intp)
    kinds, checksums = scan.checksums.columns(len(members))
    renumbered = np.cumsum(stays, dtype=np.uint32) - np.uint32(1)
    return LayerReading(
        digest=digest,
        paths=_strings(members.paths, stays),
        types=_column(members.types, np.uint8, stays),
        sizes=_column(members.sizes, np.uint64, stays),
        modes=_column(members.modes, np.uint32, stays),
        mtimes=_column(members.mtimes, np.int64, stays),
        hashes=_column(members.hashes, np.uint64, stays),
        checksum_kinds=kinds[stays],
        checksums=checksums[stays],
        link_rows=renumbered[rows[remaining]],
        link_targets=bytes(_strings(members.link_targets, remaining)),
        program_rows=renumbered[programs[stays[programs]]],
        whiteouts=_texts(scan.whiteouts.removed),
        opaques=_texts(scan.whiteouts.opaque),
        retained=scan.retained.contents(gone),
        too_large=scan.retained.too_large(gone),
        reserve=scan.retained.reserved(gone),
    )


def _column(
    column: array[int] | bytearray, kind: type[_Scalar], stays: NDArray[np.bool_]
) -> NDArray[_Scalar]:
    values = np.frombuffer(column, kind)
    return values if stays.all() else values[stays]


def _strings(blob: bytearray, stays: NDArray[np.bool_]) -> bytes | bytearray:
    """Return those of the NUL-terminated strings that stay."""
    if stays.all():
        return blob
    lengths = np.diff(ends(blob) + 1, prepend=0)
    return np.frombuffer(blob, np.uint8)[np.repeat(stays, lengths)].tobytes()


def _texts(names: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(name.decode("utf-8", "surrogateescape") for name in names)
