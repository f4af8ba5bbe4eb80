"""Finding the data archive inside a Debian package, which is an ``ar`` archive."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from praxi_tasks.errors import LayerError
from praxi_tasks.learning.sources.tar_archive import Stretch

_AR_MAGIC: Final = b"!<arch>\n"
_AR_HEAD: Final = 60


@contextmanager
def open_data_archive(deb: Path) -> Iterator[IO[bytes]]:
    """Give the data archive in a Debian package, decompressed if it is xz, which layers never are.

    Raises
    ------
    LayerError
        If the file is no Debian package, or what it holds is damaged.
    """
    for name, offset, size in _members(deb):
        if name.startswith("data.tar"):
            with deb.open("rb") as file:
                part = cast(IO[bytes], Stretch(file, offset, size))
                packed = name.endswith((".xz", ".lzma"))
                if packed:
                    with _unpacked(part, deb.name) as unpacked:
                        yield unpacked
                else:
                    yield part
            return
    raise LayerError("it holds no data archive", where=deb.name)


@contextmanager
def _unpacked(part: IO[bytes], where: str) -> Iterator[IO[bytes]]:
    try:
        with lzma.LZMAFile(part) as unpacked:
            yield cast(IO[bytes], unpacked)
    except (lzma.LZMAError, EOFError, MemoryError) as error:
        raise LayerError(f"its data archive is damaged: {error}", where=where) from error


def _members(deb: Path) -> Iterator[tuple[str, int, int]]:
    """Yield name, offset and size of the members of an ``ar`` archive."""
    with deb.open("rb") as file:
        if file.read(len(_AR_MAGIC)) != _AR_MAGIC:
            raise LayerError("not a Debian package", where=deb.name)
        while len(head := file.read(_AR_HEAD)) == _AR_HEAD:
            try:
                size = int(head[48:58])
            except ValueError:
                raise LayerError("a member's size is no number", where=deb.name) from None
            if size < 0 or head[58:] != b"`\n":
                raise LayerError("a member's head is damaged", where=deb.name)
            yield head[:16].decode("ascii", "replace").strip().rstrip("/"), file.tell(), size
            file.seek(size + size % 2, 1)
