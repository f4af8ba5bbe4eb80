"""The changeset: what one layer adds, changes and removes, file by file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.arrays import compressed, pack_parts, unpack_arrays
from praxi_tasks.fingerprint.build_ids import BuildIds
from praxi_tasks.fingerprint.texts import LinkTargets, Texts
from praxi_tasks.oci.layer import LayerReading
from praxi_tasks.store.frames import unpack_frame
from praxi_tasks.store.keys import CHANGESET_PROTOCOL

_KIND: Final = "changeset"
_LEVEL: Final = 3
_MAX_BYTES: Final = 2 << 30
_TYPES: Final = np.frombuffer(b"bcdfhlp", np.uint8)
_COLUMNS: Final = {"types": "|u1", "sizes": "<u8", "modes": "<u4", "mtimes": "<i8", "hashes": "<u8"}
_TEXTS: Final = ("digest", "paths", "link_targets", "whiteouts", "opaques")
_CHECKSUMS: Final = {"checksum_kinds": "|u1", "checksums": "<u8"}
_PROGRAMS: Final = "program_rows"
_NO_IDS: Final[Mapping[str, int]] = {}
_STORED: Final = {**_COLUMNS, **_CHECKSUMS, "link_rows": "<u4", **dict.fromkeys(_TEXTS, "|u1")}


@dataclass(frozen=True, slots=True, eq=False)
class Changeset:
    """What one layer does to the file system, as columns of one length, a row per path.

    Each array has the shape ``(len(paths),)``. A path has one row: where the archive repeats it, the last
    member counts. Whiteouts and opaque folders concern lower layers, so a path may have a row and be removed.

    Attributes
    ----------
    digest
        Of the layer as stored (compressed).
    paths
        Relative to the root, without leading or trailing slash, in the archive's order. Bytes that are no
        UTF-8 are surrogates, as in :func:`os.fsdecode`.
    types
        ``ord`` of a letter: regular file ``f``, directory ``d``, symbolic link ``l``, hard link ``h``,
        character device ``c``, block device ``b``, fifo ``p``.
    sizes
        Bytes of regular files, else 0. A hard link has those of its target if the same layer holds it.
    modes
        Permission bits.
    mtimes
        Seconds since the epoch, rounded down.
    hashes
        xxh3-64 of the content where ``sizes`` is known, else 0. It distinguishes versions; it is not
        cryptographic.
    checksum_kinds, checksums
        Kind and first eight bytes of the checksum by which the file's publisher would list it; see
        :mod:`praxi_tasks.oci.layer.checksums`; of byte code what it says of its source, see
        :mod:`praxi_tasks.oci.layer.byte_code`. Of length 0 where the layer was read without.
    build_ids
        Of its programs and libraries; none where the layer was read without.
    program_rows
        The rows of regular files that begin as programs do, compiled or scripts, ascending, shape ``(k,)``;
        None where the layer was read without.
    links
        Targets by row: of symbolic links as written, of hard links relative to the root.
    whiteouts
        Paths that the layer removes.
    opaques
        Directories whose older content the layer hides; the root is the empty text.
    """

    digest: str
    paths: Sequence[str]
    types: NDArray[np.uint8]
    sizes: NDArray[np.uint64]
    modes: NDArray[np.uint32]
    mtimes: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    links: Mapping[int, str]
    whiteouts: tuple[str, ...] = ()
    opaques: tuple[str, ...] = ()
    checksum_kinds: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    checksums: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    build_ids: BuildIds = field(default_factory=BuildIds)
    program_rows: NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.types)

    @property
    def text_bytes(self) -> int:
        """The bytes of all paths and targets of links."""
        return len(Texts.of(self.paths).blob) + len(LinkTargets.of(self.links).targets.blob)

    @classmethod
    def from_reading(cls, reading: LayerReading, build_ids: Mapping[str, int] = _NO_IDS) -> Changeset:
        """Take over what a layer's reading found, without copying it.

        Parameters
        ----------
        build_ids
            Of its ELF files, by path.
        """
        paths = Texts(reading.paths)
        return cls(
            digest=reading.digest,
            paths=paths,
            types=reading.types,
            sizes=reading.sizes,
            modes=reading.modes,
            mtimes=reading.mtimes,
            hashes=reading.hashes,
            links=LinkTargets(reading.link_rows, Texts(reading.link_targets)),
            whiteouts=reading.whiteouts,
            opaques=reading.opaques,
            checksum_kinds=reading.checksum_kinds,
            checksums=reading.checksums,
            build_ids=BuildIds.of(paths, build_ids),
            program_rows=reading.program_rows,
        )

    def to_bytes(self) -> bytes:
        """Return the changeset as compressed bytes; equal changesets give equal bytes."""
        links = LinkTargets.of(self.links)
        texts = {
            "digest": Texts.of([self.digest]),
            "paths": Texts.of(self.paths),
            "link_targets": links.targets,
            "whiteouts": Texts.of(self.whiteouts),
            "opaques": Texts.of(self.opaques),
        }
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in (*_COLUMNS, *_CHECKSUMS)}
        arrays["link_rows"] = links.rows
        arrays |= self.build_ids.arrays()
        if self.program_rows is not None:
            arrays[_PROGRAMS] = self.program_rows
        arrays |= {name: np.frombuffer(text.blob, np.uint8) for name, text in texts.items()}
        return compressed(pack_parts(_KIND, CHANGESET_PROTOCOL, arrays), _LEVEL)

    @classmethod
    def from_bytes(cls, data: bytes) -> Changeset:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        try:
            plain = unpack_frame(data, _MAX_BYTES)
            return cls._from_arrays(unpack_arrays(plain, _KIND, CHANGESET_PROTOCOL, _STORED))
        except ValueError as error:
            raise _corrupt(str(error)) from error

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Changeset:
        columns = {name: arrays[name] for name in _COLUMNS}
        digest, paths, targets, whiteouts, opaques = (_texts(arrays[name]) for name in _TEXTS)
        rows = arrays["link_rows"]
        if {len(column) for column in columns.values()} != {len(paths)} or len(digest) != 1:
            raise ValueError("lengths differ")
        if len(rows) != len(targets) or (np.diff(rows.astype(np.int64)) <= 0).any():
            raise ValueError("links are not in order")
        if (len(rows) and int(rows[-1]) >= len(paths)) or not np.isin(columns["types"], _TYPES).all():
            raise ValueError("a row is out of range")
        links = LinkTargets(rows, targets)
        checksums = {name: arrays[name] for name in _CHECKSUMS}
        if {len(column) for column in checksums.values()} not in ({0}, {len(paths)}):
            raise ValueError("checksums do not fit the files")
        return cls(
            digest[0],
            paths,
            **columns,
            **checksums,
            links=links,
            whiteouts=tuple(whiteouts),
            opaques=tuple(opaques),
            build_ids=BuildIds.from_arrays(arrays, len(paths)),
            program_rows=_program_rows(arrays.get(_PROGRAMS), len(paths)),
        )


def _program_rows(rows: NDArray[Any] | None, count: int) -> NDArray[np.uint32] | None:
    if rows is None:
        return None
    if rows.dtype.str != "<u4" or (np.diff(rows.astype(np.int64)) <= 0).any():
        raise ValueError("the rows of programs are not in order")
    if len(rows) and int(rows[-1]) >= count:
        raise ValueError("a program's row is out of range")
    return rows


def _texts(array: NDArray[Any]) -> Texts:
    if len(array) and array[-1] != 0:
        raise ValueError("an unfinished text")
    return Texts(array.data)


def _corrupt(problem: str) -> CorruptObjectError:
    return CorruptObjectError(f"a stored changeset is damaged: {problem}", action="fingerprint again")
