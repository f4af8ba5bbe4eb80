"""Listing a wheel as the release that pip would install from it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO, Final, cast

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.discovery import Release
from praxi_tasks.errors import ReleaseRefusedError
from praxi_tasks.learning.data import (
    NewPackage,
    StoredRelease,
    list_archive,
    listed_contents,
    open_wheel,
    open_wheel_file,
    read_wheel,
)
from praxi_tasks.learning.sources.remote_file import RemoteFile

_LONGEST_NAME: Final = 200
_NO_NAME: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_TAIL: Final = 66 << 10
"""Bytes of a wheel's end that are fetched first: the longest comment, and what stands before it."""

_VERSION_FILE: Final = re.compile(
    r"(?:[^/]+/)?(?:__init__|_?versions?|__version__|_version_info|_?about|__about__|_?meta|__meta__|__pkginfo__)\.py"
    r"|[^/]+/(?:VERSION|version)(?:\.txt)?"
)
_LARGEST_VERSION_FILE: Final = 64 << 10


def list_wheel(wheel: Path, wanted: NewPackage) -> StoredRelease:
    """Return the release that a wheel installs.

    Raises
    ------
    ReleaseRefusedError
        If it is another release's, holds too much, or claims a path outside of what it may own.
    DataError
        If it is damaged.
    """
    check_wheel_name(wheel.name, wanted)
    with open_wheel(wheel) as archive:
        _check_paths(archive, wanted)
    return _stored(read_wheel(wheel), wanted, wheel.name)


def list_remote_wheel(url: str, name: str, wanted: NewPackage, index: str) -> StoredRelease:
    """Return the same without downloading the wheel: its directory lists paths and sizes.

    The hashes of contents are known of those files whose bytes lie beside the directory, which are all of a
    small wheel, and of those that state the version, which are fetched. Of the others what RECORD says of
    their contents is known.

    Parameters
    ----------
    url, name
        Of the wheel, as a page of ``index`` says.

    Raises
    ------
    NoPartsError
        If the index gives no parts of files: then the wheel has to be downloaded.
    ReleaseRefusedError, DataError
        As :func:`list_wheel`.
    """
    check_wheel_name(name, wanted)
    file = RemoteFile(url, index, tail=_TAIL)
    with open_wheel_file(cast(IO[bytes], file), name) as archive:
        _check_paths(archive, wanted)
        known = _Ends(archive, file)
        found = list_archive(archive, name, file.size, known.is_worth_reading, listed_contents(archive))
    return _stored(found, wanted, name)


class _Ends:
    """Which members of a wheel are worth reading for their hash."""

    def __init__(self, archive: zipfile.ZipFile, file: RemoteFile) -> None:
        self._file = file
        starts = sorted({entry.header_offset for entry in archive.infolist()})
        self._ends = dict(zip(starts, (*starts[1:], archive.start_dir), strict=True))

    def is_worth_reading(self, entry: zipfile.ZipInfo) -> bool:
        """Return whether a member was fetched already, or states the version and is small."""
        start, end = entry.header_offset, self._ends[entry.header_offset]
        states_version = _VERSION_FILE.fullmatch(entry.filename) is not None
        return self._file.holds(start, end) or (states_version and end - start <= _LARGEST_VERSION_FILE)


def _check_paths(archive: zipfile.ZipFile, wanted: NewPackage) -> None:
    for name in archive.namelist():
        parts = name.removesuffix("/").split("/")
        if name and (_NO_NAME.search(name) or not {"", ".", ".."}.isdisjoint(parts)):
            raise ReleaseRefusedError(f"it claims the path {name!r}", where=wanted.purl)


def _stored(found: Release, wanted: NewPackage, name: str) -> StoredRelease:
    return StoredRelease(
        *wanted.identity,
        f"wheel {name}",
        found.paths,
        found.sizes,
        found.hashes,
        found.measured,
        found.build_ids,
    )


def check_wheel_name(file: str, wanted: NewPackage) -> None:
    """Refuse a wheel whose name says that it is another release's.

    Raises
    ------
    ReleaseRefusedError
        If it does, or is no wheel's name.
    """
    try:
        name, version, _, _ = parse_wheel_filename(file)
        is_wanted = name == wanted.name and version == Version(wanted.version)
    except (InvalidWheelFilename, InvalidVersion):
        is_wanted = False
    if not is_wanted:
        raise ReleaseRefusedError(f"the wheel is {file[:_LONGEST_NAME]!r}", where=wanted.purl)
