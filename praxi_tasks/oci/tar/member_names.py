"""Normalizes the names of archive members."""

from __future__ import annotations

from praxi_tasks.errors import LayerError


def clean_path(name: bytes) -> bytes:
    """Return the name relative to the root, without empty, ``.`` and ``..`` parts.

    An absolute name means the same file as the relative one, and ``a/../b`` means ``b``, as in container
    runtimes. Bytes that are no UTF-8 are accepted.

    Raises
    ------
    LayerError
        If the name leaves the root or holds a NUL.
    """
    parts = [part for part in name.split(b"/") if part not in {b"", b"."}]
    if b".." in parts:
        parts = _without_parents(parts, name)
    if b"\0" in name:
        raise LayerError(f"a name holds a NUL: {printable(name)}", action="the image is broken or hostile")
    return b"/".join(parts)


def _without_parents(parts: list[bytes], name: bytes) -> list[bytes]:
    kept: list[bytes] = []
    for part in parts:
        if part != b"..":
            kept.append(part)
        elif kept:
            kept.pop()
        else:
            raise LayerError(
                f"a name leaves the root: {printable(name)}", action="the image is broken or hostile"
            )
    return kept


def printable(name: bytes) -> str:
    """Return a name for a message: quoted, printable and short."""
    text = ascii(name[:120].decode("utf-8", "backslashreplace"))
    return text if len(name) <= 120 else f"{text}… ({len(name)} bytes)"
