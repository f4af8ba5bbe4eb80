"""Decompresses single zstd frames that declare their size, as stored documents are."""

from __future__ import annotations

import zstandard


def unpack_frame(data: bytes, most: int) -> bytes:
    """Decompress a frame that is the whole of ``data``.

    Parameters
    ----------
    data
        The frame.
    most
        Bytes that it may unpack to; the declared size is checked before memory is allocated.

    Raises
    ------
    ValueError
        If it is no whole frame, declares no size or one beyond ``most``, or is followed by other bytes.
    """
    try:
        if not 0 <= zstandard.frame_content_size(data) <= most:
            raise ValueError("its size is impossible")
        return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ValueError(f"it can't be decompressed: {error}") from error
