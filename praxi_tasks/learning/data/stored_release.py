"""A release's labelled fingerprint as it is stored: the files it installs, with sizes and content hashes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from praxi_tasks.discovery import Release
from praxi_tasks.errors import CorruptObjectError, ReleaseRefusedError
from praxi_tasks.fingerprint import (
    DEEPEST,
    BuildIds,
    PathColumns,
    PathKind,
    normalise_all,
    pack_arrays,
    pack_texts,
    unpack_arrays,
    unpack_texts,
)
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data.release_limits import ReleaseLimits
from praxi_tasks.store.frames import unpack_frame
from praxi_tasks.store.keys import RELEASE_PROTOCOL

_KIND: Final = "release"
_STORED: Final = {
    "head": "|u1", "counts": "<u4", "paths": "|u1", "sizes": "<u8", "hashes": "<u8", "measured": "|b1"
}  # fmt: skip
_MAX_BYTES: Final = 1 << 28
_LONGEST_NAME: Final = 300
_PYTHON_ROOT: Final = re.compile(r"^.*?(?:site|dist)-packages/")


class _Head(msgspec.Struct, frozen=True, array_like=True):
    ecosystem: str
    name: str
    version: str
    source: str


@dataclass(frozen=True, eq=False)
class StoredRelease:
    """A release's files as columns of one length, and the source they were read from.

    ``paths`` are relative to the root of the file system; ``sizes`` (uint64, bytes) and ``hashes`` (uint64,
    xxh3-64 of the content) have shape ``(files,)``, and ``measured`` (bool) says whose size is known.
    ``build_ids`` are those of its programs and libraries.
    """

    ecosystem: str
    name: str
    version: str
    source: str
    paths: list[str]
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    measured: NDArray[np.bool_]
    build_ids: BuildIds = field(default_factory=BuildIds)

    @property
    def identity(self) -> tuple[str, str, str]:
        """Ecosystem, name and version."""
        return self.ecosystem, self.name, self.version

    def checked(self) -> StoredRelease:
        """Return the release with its paths in order, each once, below one Python root.

        Files in more than :data:`DEEPEST` folders, of which a layer's paths tell no more than the upper ones,
        are left out.

        Raises
        ------
        ReleaseRefusedError
            If it has no file, too many, or one whose path leaves the root.
        """
        what = f"{self.ecosystem}/{self.name} {self.version}"
        limits = ReleaseLimits.from_environment()
        if max(map(len, self.identity)) > _LONGEST_NAME:
            raise ReleaseRefusedError("its name or version is too long", where=what[:_LONGEST_NAME])
        _check_limits(self.paths, limits, what)
        for path in self.paths:
            if path.startswith("/") or not {"", ".", ".."}.isdisjoint(path.split("/")) or "\0" in path:
                raise ReleaseRefusedError(f"it claims the path {path[:_LONGEST_NAME]!r}", where=what)
        if (self.normalised.kinds == PathKind.METADATA).all():
            raise ReleaseRefusedError("it installs nothing but its own metadata", where=what)
        paths = [_PYTHON_ROOT.sub("site-packages/", path) for path in self.paths]
        shallow = ((row, path) for row, path in enumerate(paths) if path.count("/") <= DEEPEST)
        rows = list({path: row for row, path in sorted(shallow, key=lambda pair: pair[1])}.values())
        if not rows:
            raise ReleaseRefusedError(f"all its files lie in more than {DEEPEST} folders", where=what)
        return StoredRelease(
            *self.identity, self.source, [paths[row] for row in rows],
            self.sizes[rows], self.hashes[rows], self.measured[rows],
            self.build_ids.select(np.array(rows, np.intp)),
        )  # fmt: skip

    @cached_property
    def normalised(self) -> PathColumns:
        """Its paths, normalised."""
        return normalise_all(self.paths)

    @cached_property
    def content_id(self) -> str:
        """SHA-256 of the installed paths, sizes and hashes, in hex; name and version do not count."""
        keys = self.normalised.keys
        order = np.argsort(keys, kind="stable")
        digest = hashlib.sha256()
        for column in (keys, self.sizes, self.hashes):
            digest.update(np.ascontiguousarray(column[order].astype("<u8")).data)
        return digest.hexdigest()

    def release(self) -> Release:
        """Return the release in the form that catalogues are built from."""
        return Release(
            *self.identity, self.paths, self.normalised,
            self.sizes, self.hashes, self.measured, self.build_ids,
        )  # fmt: skip

    def to_bytes(self) -> bytes:
        """Return the release as compressed bytes; equal releases give equal bytes."""
        head = msgspec.json.encode(_Head(*self.identity, self.source))
        arrays: dict[str, NDArray[Any]] = {
            "head": np.frombuffer(head, np.uint8),
            "counts": np.array([len(self.paths)], np.uint32),
            "paths": pack_texts(self.paths),
            "sizes": self.sizes.astype(np.uint64),
            "hashes": self.hashes.astype(np.uint64),
            "measured": self.measured.astype(np.bool_),
            **(self.build_ids.arrays() if len(self.build_ids.rows) else {}),
        }
        return zstandard.ZstdCompressor(level=3).compress(pack_arrays(_KIND, RELEASE_PROTOCOL, arrays))

    @classmethod
    def from_bytes(cls, data: bytes) -> StoredRelease:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        try:
            arrays = unpack_arrays(unpack_frame(data, _MAX_BYTES), _KIND, RELEASE_PROTOCOL, _STORED)
            head = decode(arrays["head"].tobytes(), _Head)
            paths = unpack_texts(arrays["paths"], int(arrays["counts"][0]))
            columns = arrays["sizes"], arrays["hashes"], arrays["measured"]
            build_ids = BuildIds.from_arrays(arrays, len(paths))
        except (ValueError, IndexError) as error:
            raise _corrupt(str(error)) from error
        if any(len(column) != len(paths) for column in columns):
            raise _corrupt("its columns differ in length")
        return cls(head.ecosystem, head.name, head.version, head.source, paths, *columns, build_ids)


def _check_limits(paths: list[str], limits: ReleaseLimits, what: str) -> None:
    if not 0 < len(paths) <= limits.max_files:
        action = limits.advice("max_files") if paths else ""
        raise ReleaseRefusedError(f"it has {len(paths):,} files", where=what, action=action)
    longest, total = max(map(len, paths)), sum(map(len, paths))
    if longest > limits.max_path_length:
        action = limits.advice("max_path_length")
        raise ReleaseRefusedError(f"a path has {longest:,} characters", where=what, action=action)
    if total > limits.max_path_bytes:
        action = limits.advice("max_path_bytes")
        raise ReleaseRefusedError(f"its paths have {total:,} characters", where=what, action=action)


def _corrupt(problem: str) -> CorruptObjectError:
    return CorruptObjectError(f"a stored release is damaged: {problem}", action="delete it; it is read again")
