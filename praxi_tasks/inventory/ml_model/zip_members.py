"""The members of a zip archive as lenient readers see them: nothing but the directory decides.

PyTorch's reader takes no notice of sums, of the flag that says a member is encrypted, or of the name that
stands before it. Who did would not see what PyTorch loads.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import IO, Final

from praxi_tasks.errors import DataError

MAGIC: Final = b"PK\x03\x04"
_HEADER: Final = 30
_LENGTHS: Final = 26
_TABLES: Final = 4096  # bytes, and more than enough: deflate's codes stand before the first letter
_WINDOW: Final = -15  # deflate's, without a header of zlib's


def member_bytes(file: IO[bytes], member: zipfile.ZipInfo, most: int) -> bytes:
    """Return the beginning of a member, unpacked.

    Parameters
    ----------
    file
        The archive.
    most
        Bytes that are returned at most.

    Raises
    ------
    DataError
        If it is not where the directory says, or packed in a way that is not known.
    """
    file.seek(max(member.header_offset, 0))  # an archive that is cut off has members before its beginning
    header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise DataError("a member of it is not there")
    name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (_LENGTHS, _LENGTHS + 2))
    file.seek(name + extra, 1)
    if member.compress_type == zipfile.ZIP_STORED:
        return file.read(min(member.compress_size or member.file_size, most))
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise DataError("a member of it is packed in a way that is not known")
    try:
        packed = file.read(min(member.compress_size, most + _TABLES))
        return zlib.decompressobj(_WINDOW).decompress(packed, most)
    except zlib.error as error:
        raise DataError(f"a member of it can't be unpacked: {error}") from None
