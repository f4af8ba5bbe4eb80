"""Single zstd frames that say how large they unpack: what stored documents are compressed into."""

from __future__ import annotations

import zstandard


def unpack_frame(data: bytes, most: int) -> bytes:
    """Return what one frame holds, and nothing else stands behind.

    Parameters
    ----------
    data
        The frame.
    most
        Bytes that it may unpack to: what it claims is checked before any room is made for it.

    Raises
    ------
    ValueError
        If it is no whole frame, does not say its size, or says one beyond ``most``.
    """
    try:
        if not 0 <= zstandard.frame_content_size(data) <= most:
            raise ValueError("its size is impossible")
        return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ValueError(f"it can't be decompressed: {error}") from error
