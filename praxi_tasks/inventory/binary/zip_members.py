"""Members of zip archives, unpacked within a budget whatever their directory says."""

from __future__ import annotations

import zipfile
from typing import Final

METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How members of programs' archives are packed."""
ENCRYPTED: Final = 1
"""The flag of a member that needs a password."""


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return the beginning of a member's content.

    Raises
    ------
    zipfile.BadZipFile
        If it is encrypted, or packed by another method than archives of programs are.
    """
    if member.compress_type not in METHODS or member.flag_bits & ENCRYPTED:
        raise zipfile.BadZipFile(f"{member.filename} is packed in an unusual way")
    with archive.open(member) as content:
        return content.read(most)
