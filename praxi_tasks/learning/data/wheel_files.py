"""Reading what a wheel contains: the release that pip would install from it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Final, NamedTuple

from xxhash import xxh3_64

from praxi_tasks.discovery import Release
from praxi_tasks.errors import DataError, PraxiError, ReleaseRefusedError
from praxi_tasks.fingerprint import BuildIds
from praxi_tasks.inventory import build_id_of_file
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.data.release_limits import ReleaseLimits
from praxi_tasks.oci.layer import FileContent
from praxi_tasks.store.compressed import DAMAGED_ZIP
from praxi_tasks.zip_directory import count_members

_CHUNK: Final = 1 << 20
_ELF: Final = b"\x7fELF"
_NOTHING: Final[Mapping[str, int]] = {}
_MOST_HELD: Final = 64 << 20  # bytes of an ELF file, at whose beginning the build-id is


def is_wheel(path: Path) -> bool:
    """Return whether a file is a wheel, by name and content."""
    return path.suffix == ".whl" and zipfile.is_zipfile(path)


@contextmanager
def open_wheel(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a wheel for reading; its members are counted before they take memory.

    Raises
    ------
    ReleaseRefusedError
        If it has too many.
    DataError
        If it can't be read, also where that shows while the ``with`` block reads it.
    """
    with _damage_told(str(path)):
        file = path.open("rb")
    with file, open_wheel_file(file, path.name) as archive:
        yield archive


@contextmanager
def open_wheel_file(file: IO[bytes], name: str) -> Iterator[zipfile.ZipFile]:
    """Open a wheel that is no file on disk; see :func:`open_wheel`."""
    limits = ReleaseLimits.from_environment()
    with _damage_told(name):
        members = count_members(file)
        if members > limits.max_files:
            raise ReleaseRefusedError(
                f"it has {members:,} files", where=name, action=limits.advice("max_files")
            )
        with zipfile.ZipFile(file) as archive:
            yield archive


@contextmanager
def _damage_told(where: str) -> Iterator[None]:
    try:
        yield
    except PraxiError:
        raise
    except DAMAGED_ZIP as error:
        raise DataError(f"a wheel can't be read: {error}", where=where) from error


def read_wheel(path: Path) -> Release:
    """Return the release in a wheel; nothing is unpacked to disk.

    Raises
    ------
    DataError
        If the file is not a wheel, or is damaged.
    ReleaseRefusedError
        If it has too many members, or would unpack to too much.
    """
    with open_wheel(path) as archive:
        return list_archive(archive, path.name, path.stat().st_size)


def list_archive(
    archive: zipfile.ZipFile,
    name: str,
    size: int,
    is_hashed: Callable[[zipfile.ZipInfo], bool] = lambda _: True,
    listed: Mapping[str, int] = _NOTHING,
) -> Release:
    """Return the release in a wheel that is open.

    Parameters
    ----------
    name, size
        The wheel's file name, and its bytes.
    is_hashed
        Returns whether to read a member for its hash.
    listed
        What RECORD says of the contents of the others, by member.

    Raises
    ------
    DataError, ReleaseRefusedError
        See :func:`read_wheel`.
    """
    words = name.split("-")
    if len(words) < 5:
        raise DataError("not a wheel's name", where=name, action="name-version-python-abi-platform.whl")
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_size(name, size, sum(entry.file_size for entry in entries))
    read = {entry.filename: _read(archive, entry) for entry in entries if is_hashed(entry)}
    hashes = {name: f"{content:x}" for name, content in listed.items()}
    hashes |= {name: member.hash for name, member in read.items()}
    files = [
        ReleaseFile(entry.filename, entry.file_size, hashes.get(entry.filename, "")) for entry in entries
    ]
    release = make_release(ReleaseLine(words[0], words[1], files))
    ids = {name: file.build_id for name, file in read.items()}
    return replace(release, build_ids=BuildIds.of([file.path for file in files], ids))


def _check_size(name: str, size: int, unpacked: int) -> None:
    limits = ReleaseLimits.from_environment()
    over = "max_bytes" if unpacked > limits.max_bytes else ""
    if unpacked > max(limits.ratio_floor, limits.max_ratio * size):
        over = "max_ratio"
    if over:
        raise ReleaseRefusedError(f"it unpacks to {unpacked:,} bytes", where=name, action=limits.advice(over))


class _Member(NamedTuple):
    """A member's xxh3-64 in hex, and its build-id; 0 if it has none."""

    hash: str
    build_id: int


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> _Member:
    """Read a member in chunks: a small wheel can hold a huge file."""
    hashed = xxh3_64()
    held: list[bytes] = []
    with archive.open(entry) as file:
        while piece := file.read(_CHUNK):
            hashed.update(piece)
            if (held or piece.startswith(_ELF)) and len(held) * _CHUNK < _MOST_HELD:
                held.append(piece)
    content = FileContent(b"".join(held), entry.file_size)
    return _Member(hashed.hexdigest(), build_id_of_file(entry.filename, content) if held else 0)
