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
        size = zstandard.frame_content_size(data)
        if not 0 <= size <= most:
            raise ValueError("its size is impossible")
        if checked and not zstandard.get_frame_parameters(data).has_checksum:
            raise ValueError("it has no checksum")
        if not size:
            return _empty(data)
        return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise ValueError(f"it can't be decompressed: {error}") from error


def _empty(data: bytes) -> bytes:
    """Read a frame of nothing to its end, which the decompressor takes for granted."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    if frame.decompress(data) or not frame.eof or frame.unused_data:
        raise ValueError("it can't be decompressed: it is no whole frame of nothing")
    return b""
