"""The members of a layer's archive as columns: a million fit in a hundred megabytes."""

from __future__ import annotations

from array import array
from typing import Final

import numpy as np
import xxhash

from praxi_tasks.errors import LayerError
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded
from praxi_tasks.oci.tar.header import BLOCK, MODE, MTIME, check_sums, numbers
from praxi_tasks.oci.tar.member_names import printable

FILE, HARD_LINK, SYMBOLIC_LINK, DIRECTORY = b"fhld"
LETTERS: Final = dict(zip(b"0123456", b"fhlcbdp", strict=True))
"""The letters of the types that plain headers have."""

PROGRAM_HEADS: Final = (b"\x7fELF", b"#!")
"""How a file begins that Linux runs: compiled, or by an interpreter."""

_BATCH: Final = 4096
_PERMISSIONS: Final = 0o7777


class Members:
    """The members of an archive in its order; grown by :meth:`add`, complete after :meth:`flush`.

    ``paths`` and ``link_targets`` hold NUL-terminated strings; ``link_rows`` says whose targets they are, and
    ``program_rows`` which files begin as programs do.
    Headers are checked and read in batches, see :mod:`praxi_tasks.oci.tar.header`.
    """

    def __init__(self, limits: LayerLimits) -> None:
        self.paths = bytearray()
        self.path_hashes = array("Q")
        self.types = bytearray()
        self.sizes = array("Q")
        self.modes = array("I")
        self.mtimes = array("q")
        self.hashes = array("Q")
        self.link_rows = array("Q")
        self.link_targets = bytearray()
        self.program_rows = array("Q")
        self._limits = limits
        self._max_path = limits.max_path_length
        self._names: list[bytes] = []
        self._headers = bytearray()
        self._mtimes: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.types)

    def add(
        self, header: memoryview | bytes, path: bytes, kind: int, size: int = 0, content: int = 0
    ) -> None:
        """Add a member.

        Parameters
        ----------
        header
            Its block.
        path
            Its clean path.
        kind
            The letter of its type: one of ``f d l h c b p``.
        size, content
            Size in bytes and xxh3-64 of a regular file.
        """
        if len(path) > self._max_path:
            raise exceeded("max_path_length", f"a path of {len(path)} bytes")
        self._headers += header
        self._names.append(path)
        self.types.append(kind)
        self.sizes.append(size)
        self.hashes.append(content)
        if len(self._names) >= _BATCH:
            self.flush()

    def add_link(self, header: memoryview | bytes, path: bytes, kind: int, target: bytes) -> None:
        """Add a symbolic or hard link."""
        if b"\0" in target:
            raise LayerError(
                f"a link target holds a NUL: {printable(target)}", action="the archive is broken"
            )
        if len(target) > self._max_path:
            raise exceeded("max_path_length", f"a link target of {len(target)} bytes")
        self.link_rows.append(len(self))
        self.link_targets += target + b"\0"
        self.add(header, path, kind)

    def note_program(self, head: bytes) -> None:
        """Note of the member added next, by its first bytes, whether it begins as a program does."""
        if head.startswith(PROGRAM_HEADS):
            self.program_rows.append(len(self))

    def set_mtime(self, mtime: int) -> None:
        """Say that the member added next was last modified at ``mtime``, overriding its header."""
        self._mtimes[len(self._names)] = mtime

    def flush(self) -> None:
        """Check the headers of the last batch and read what is only in them.

        Raises
        ------
        LayerError
            If a header's checksum is wrong or a field malformed.
        LimitExceededError
            If there are more members, or longer paths, than allowed.
        """
        if not self._names:
            return
        self.paths += b"\0".join(self._names) + b"\0"
        self._check_limits()
        blocks = np.frombuffer(bytes(self._headers), np.uint8).reshape(-1, BLOCK)
        check_sums(blocks)
        mtimes = numbers(blocks[:, MTIME])
        for row, mtime in self._mtimes.items():
            mtimes[row] = mtime
        self.modes.frombytes((numbers(blocks[:, MODE]) & _PERMISSIONS).astype(np.uint32).tobytes())
        self.mtimes.frombytes(mtimes.tobytes())
        self.path_hashes.extend(map(xxhash.xxh3_64_intdigest, self._names))
        self._names.clear()
        self._headers.clear()
        self._mtimes.clear()

    def _check_limits(self) -> None:
        limits = self._limits
        if len(self) > limits.max_entries:
            raise exceeded("max_entries", f"the layer has more than {limits.max_entries} entries")
        if len(self.paths) + len(self.link_targets) > limits.max_path_bytes:
            raise exceeded(
                "max_path_bytes", f"the layer's paths take more than {limits.max_path_bytes} bytes"
            )
