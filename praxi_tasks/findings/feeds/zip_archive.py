"""Zip archives of advisories, opened within a limit on their members."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DataError
from praxi_tasks.zip_directory import count_members

MEMBERS_SETTING: Final = "PRAXI_FEED_MAX_MEMBERS"
MOST_MEMBERS: Final = 1_000_000
"""How many records one feed has at most, unless the setting says otherwise."""


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
    members, most = count_members(file), read(MEMBERS_SETTING, whole_number, MOST_MEMBERS)
    if members > most:
        raise DataError(f"an archive of {members:,} members", where=where, action=f"raise {MEMBERS_SETTING}")
    return zipfile.ZipFile(file)
