"""Alpine's database: one letter a field, paragraphs parted by blank lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import APK
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.checksums import from_apk, noted, pack_checksums
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Form, Reader

_PATHS: Final = frozenset(("lib/apk/db/installed", "usr/lib/apk/db/installed"))
_FORMS: Final = (Form(heads=(b"C:Q", b"P:"), marks=(b"\nV:", b"\nA:"), most=64 << 20),)
_BINARY: Final = (b"ADB.", b"ADBd", b"ADBc")  # plain, and compressed in two ways
_ONCE: Final = frozenset((b"P", b"V", b"A", b"o", b"L"))


def read_installed(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of ``lib/apk/db/installed``; files that could not be a real one's are reported.

    Raises
    ------
    DataError
        If it is of a form that is not read.
    """
    if view.kept[path].startswith(_BINARY):
        raise DataError("it is a binary database (ADB) of apk 3, a form that is not read")
    for paragraph in _paragraphs(view.kept[path]):
        fields = _fields(paragraph)
        if not fields.get(b"P") or not fields.get(b"V"):
            view.report(path, f"a paragraph without name or version: {paragraph[:60]!r}")
            continue
        files, checksums = _owned(view, path, paragraph)
        yield Claim(
            ecosystem=APK.purl_type,
            name=fields[b"P"],
            version=fields[b"V"],
            database=path,
            architecture=fields.get(b"A", ""),
            source=fields.get(b"o", ""),
            source_version=fields[b"V"] if fields.get(b"o") else "",
            files=files,
            licences=stated((fields.get(b"L", ""),)),
            checksums=checksums,
        )


def _paragraphs(data: bytes) -> Iterator[bytes]:
    """Yield what blank lines part, one after another."""
    data = data.replace(b"\r\n", b"\n")
    start = 0
    while start < len(data):
        found = data.find(b"\n\n", start)
        end = found if found >= 0 else len(data)
        if paragraph := data[start:end].strip(b"\n"):
            yield paragraph
        start = end + 2


def _owned(view: LayerView, path: str, paragraph: bytes) -> tuple[tuple[str, ...], bytes]:
    """Return the paths of a paragraph and their checksums."""
    checksums: dict[str, bytes] = {}
    try:
        files = owned(noted(_listed(paragraph), checksums), len(paragraph))
    except DataError as error:
        view.report(path, f"the files of a paragraph: {error}: {paragraph[:60]!r}")
        return (), b""
    return files, pack_checksums(files, checksums)


def _fields(paragraph: bytes) -> dict[bytes, str]:
    pairs = (line.partition(b":") for line in unix_lines(paragraph))
    return {key: text(value) for key, _, value in pairs if key in _ONCE}


def _listed(paragraph: bytes) -> Iterator[tuple[str, bytes]]:
    """Join each ``R:`` file to the ``F:`` folder it follows, and to the ``Z:`` checksum that follows it."""
    folder = name = ""
    for line in unix_lines(paragraph):
        if line.startswith(b"Z:") and name:
            yield name, from_apk(line[2:])
            name = ""
        elif line.startswith((b"F:", b"R:")):
            if name:
                yield name, b""
            name = ""
            if line.startswith(b"F:"):
                folder = path_text(line[2:]).strip("/")
            else:
                name = f"{folder}/{path_text(line[2:])}"
    if name:
        yield name, b""


READER: Final = Reader(
    ecosystem=APK.purl_type,
    prepare=lambda view: partial(read_installed, view),
    paths=_PATHS,
    forms=_FORMS,
    of_system=True,
)
