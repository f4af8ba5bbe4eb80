"""Listing a wheel as the release that pip would install from it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.errors import ReleaseRefusedError
from praxi_tasks.learning.data import NewPackage, StoredRelease, open_wheel, read_wheel

_LONGEST_NAME: Final = 200


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
        names = archive.namelist()
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise ReleaseRefusedError(f"it claims the path {name!r}", where=wanted.purl)
    found = read_wheel(wheel)
    return StoredRelease(
        *wanted.identity, f"wheel {wheel.name}", found.paths, found.sizes, found.hashes, found.measured
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
