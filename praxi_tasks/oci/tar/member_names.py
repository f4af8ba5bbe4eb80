"""Normalizes the names of archive members."""

from __future__ import annotations

from praxi_tasks.errors import LayerError


def clean_path(name: bytes) -> bytes:
    """Return the name relative to the root, without empty and ``.`` parts.

    An absolute name means the same file as the relative one, as in container runtimes. Bytes that are no
    UTF-8 are accepted.

    Raises
    ------
    LayerError
        If a part is ``..`` or the name holds a NUL.
    """
    parts = [part for part in name.split(b"/") if part not in {b"", b"."}]
    if b".." in parts:
        raise LayerError(
            f"a name leaves its folder: {printable(name)}", action="the image is broken or hostile"
        )
    if b"\0" in name:
        raise LayerError(f"a name holds a NUL: {printable(name)}", action="the image is broken or hostile")
    return b"/".join(parts)


def printable(name: bytes) -> str:
    """Return a name for a message: quoted, printable and short."""
    text = ascii(name[:120].decode("utf-8", "backslashreplace"))
    return text if len(name) <= 120 else f"{text}… ({len(name)} bytes)"
