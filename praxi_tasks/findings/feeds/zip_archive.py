"""Zip archives of advisories, opened within a limit on their members."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DataError
from praxi_tasks.zip_directory import count_members

SETTING: Final = "PRAXI_FEED_MAX_MEMBERS"
_MOST: Final = 1_000_000


def open_archive(data: bytes, where: str) -> zipfile.ZipFile:
    """Open an archive whose members were counted before they take memory.

    Raises
    ------
    DataError
        If it has more than ``PRAXI_FEED_MAX_MEMBERS``.
    zipfile.BadZipFile
        Or whatever else :mod:`zipfile` raises, if it is none.
    """
    file = io.BytesIO(data)
    members, most = count_members(file), read(SETTING, whole_number, _MOST)
    if members > most:
        raise DataError(f"an archive of {members:,} members", where=where, action=f"raise {SETTING}")
    return zipfile.ZipFile(file)
