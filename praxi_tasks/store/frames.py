"""Decompresses single zstd frames that declare their size, as stored documents are."""

from __future__ import annotations

import zstandard


def unpack_frame(data: bytes, most: int, *, checked: bool = False) -> bytes:
    """Decompress a frame that is the whole of ``data``.

    Parameters
    ----------
    data
        The frame.
    most
        Bytes that it may unpack to; the declared size is checked before memory is allocated.
    checked
        Whether it has to have a checksum, which is compared.

    Raises
    ------
    ValueError
        If it is no whole frame, declares no size or one beyond ``most`` or what is free, or is followed by
        other bytes.
    """
    try:
        if not 0 <= zstandard.frame_content_size(data) <= most:
            raise ValueError("its size is impossible")
        if checked and not zstandard.get_frame_parameters(data).has_checksum:
            raise ValueError("it has no checksum")
        return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise ValueError(f"it can't be decompressed: {error}") from error
