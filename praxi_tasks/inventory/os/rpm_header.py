"""An rpm header: an index of tagged entries, and the data they point into. All numbers are big-endian."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.checksums import from_hex
from praxi_tasks.inventory.decoding import path_text, text

_LENGTHS: Final = struct.Struct(">II")
_ENTRY: Final = struct.Struct(">IIII")
_TAGS: Final = {
    "NAME": 1000,
    "VERSION": 1001,
    "RELEASE": 1002,
    "EPOCH": 1003,
    "VENDOR": 1011,
    "LICENSE": 1014,
    "ARCH": 1022,
    "FILESIZES": 1028,
    "FILESTATES": 1029,
    "FILEMODES": 1030,
    "FILEDIGESTS": 1035,
    "FILELINKTOS": 1036,
    "FILEFLAGS": 1037,
    "FILEVERIFYFLAGS": 1045,
    "SOURCERPM": 1044,
    "DIRINDEXES": 1116,
    "BASENAMES": 1117,
    "DIRNAMES": 1118,
    "LONGFILESIZES": 5008,
    "FILEDIGESTALGO": 5011,
    "MODULARITYLABEL": 5096,
}
_NUMBERS: Final = {1: "B", 2: "B", 3: "H", 4: "I", 5: "Q"}  # entry type -> its code in struct
_NOT_ON_DISK: Final = frozenset((2, 3, 4))  # states: not installed, on a network share, of another colour
_REPLACED: Final = 1  # by another package's file
_SHA256: Final = 8  # among OpenPGP's numbers of hash algorithms
# Settings, documents, what may be missing, ghosts, licences, and what is to be read first.
_MAY_CHANGE: Final = 1 | 2 | 8 | 64 | 128 | 256
_VERIFY_DIGEST: Final = 1
_GHOST: Final = 64  # a file that the package owns and does not bring
_STRINGS: Final = frozenset((6, 8, 9))  # one, an array, an array of translations


class PackagedFile(NamedTuple):
    """A file that a package brings, as its header lists it.

    Parameters
    ----------
    path
        From the root on.
    size
        In bytes; ``None`` of what is no regular file.
    sha256
        Of its content; empty where the header gives another kind of digest.
    target
        What a symbolic link points to.
    """

    path: str
    size: int | None
    sha256: bytes
    target: str


class RpmHeader:
    """The few entries of a header that an inventory needs.

    Parameters
    ----------
    blob
        The header as databases keep it: without the magic that starts it in a package file.

    Raises
    ------
    DataError
        If its lengths do not add up; here, or when an entry is asked for.
    """

    def __init__(self, blob: bytes) -> None:
        if len(blob) < _LENGTHS.size:
            raise DataError("it is cut short")
        count, size = _LENGTHS.unpack_from(blob)
        start = _LENGTHS.size + count * _ENTRY.size
        if start + size > len(blob):
            raise DataError("it is shorter than it says")
        self._data = blob[start : start + size]
        wanted = frozenset(_TAGS.values())
        entries = _ENTRY.iter_unpack(blob[_LENGTHS.size : start])
        self._entries = {tag: (kind, at, many) for tag, kind, at, many in entries if tag in wanted}

    def text(self, name: str) -> str:
        """Return the entry's (first) string, or nothing."""
        return text(next(iter(self._strings(name, most=1)), b""))

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return the entry's numbers; none if there is no such entry."""
        kind, at, many = self._entries.get(_TAGS[name], (4, 0, 0))
        if kind not in _NUMBERS:
            raise DataError(f"{name} has the wrong type")
        try:
            return struct.unpack_from(f">{many}{_NUMBERS[kind]}", self._data, at)
        except (struct.error, MemoryError, OverflowError):
            raise DataError(f"{name} is longer than the header") from None

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the paths the package owns and their SHA-256, without folders and what was never put on disk.

        That is documentation, translations and other architectures' files, where rpm was told so. The digest
        is empty of files that may change, of links, and where the header gives another kind of digest.
        """
        folders = [path_text(folder) for folder in self._strings("DIRNAMES")]
        names, indexes, modes = (
            self._strings("BASENAMES"),
            self.numbers("DIRINDEXES"),
            self.numbers("FILEMODES"),
        )
        if len(names) != len(indexes) or max(indexes, default=-1) >= len(folders):
            raise DataError("its file names do not fit its folders")
        states = self.numbers("FILESTATES")
        digests = self._digests(len(names), states)
        for row, (name, index) in enumerate(zip(names, indexes, strict=True)):
            if row < len(states) and states[row] in _NOT_ON_DISK:
                continue
            if row >= len(modes) or not stat.S_ISDIR(modes[row]):
                yield folders[index] + path_text(name), digests[row]

    def packaged(self) -> Iterator[PackagedFile]:
        """Yield the files that a package brings, without folders, for packages that nobody installed.

        Raises
        ------
        DataError
            If what the header lists does not fit its files.
        """
        names, indexes = self._strings("BASENAMES"), self.numbers("DIRINDEXES")
        folders = [path_text(folder) for folder in self._strings("DIRNAMES")]
        sizes = self.numbers("LONGFILESIZES") or self.numbers("FILESIZES")
        digests, targets = self._strings("FILEDIGESTS"), self._strings("FILELINKTOS")
        columns = (
            names,
            indexes,
            self.numbers("FILEMODES"),
            self.numbers("FILEFLAGS"),
            sizes,
            digests,
            targets,
        )
        if {*map(len, columns)} != {len(names)} or max(indexes, default=-1) >= len(folders):
            raise DataError("its files' sizes and digests do not fit its files")
        is_sha256 = self.numbers("FILEDIGESTALGO") == (_SHA256,)
        for name, index, mode, flag, size, digest, target in zip(*columns, strict=True):
            if stat.S_ISDIR(mode) or flag & _GHOST:
                continue
            regular = stat.S_ISREG(mode)
            yield PackagedFile(
                folders[index] + path_text(name),
                size if regular else None,
                from_hex(digest, 32) if regular and is_sha256 else b"",
                path_text(target),
            )

    def _digests(self, files: int, states: tuple[int, ...]) -> list[bytes]:
        """Return the SHA-256 that each file has to have; empty where it may have any."""
        digests, flags = self._strings("FILEDIGESTS"), self.numbers("FILEFLAGS")
        verified = self.numbers("FILEVERIFYFLAGS") or (_VERIFY_DIGEST,) * files
        states = states or (0,) * files
        if self.numbers("FILEDIGESTALGO") != (_SHA256,):
            return [b""] * files
        if {len(digests), len(flags), len(verified), len(states)} != {files}:
            raise DataError("its files' digests do not fit its files")
        return [
            b""
            if flag & _MAY_CHANGE or not verify & _VERIFY_DIGEST or state == _REPLACED
            else from_hex(digest, 32)
            for digest, flag, verify, state in zip(digests, flags, verified, states, strict=True)
        ]

    def _strings(self, name: str, most: int | None = None) -> list[bytes]:
        kind, at, many = self._entries.get(_TAGS[name], (8, 0, 0))
        if kind not in _STRINGS or at > len(self._data):
            raise DataError(f"{name} has the wrong type or place")
        wanted = many if most is None else min(many, most)
        # A string takes a byte at least, so the data bounds how many there can be.
        found = self._data[at:].split(b"\0", min(wanted, len(self._data)))[:wanted]
        if len(found) < wanted:
            raise DataError(f"{name} is longer than the header")
        return found
