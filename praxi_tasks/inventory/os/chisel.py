"""Chisel's manifest: what of Ubuntu's packages was cut into a chiselled image.

It is a *jsonwall* in a zstd frame: JSON objects, one a line, each of a ``kind``
(https://documentation.ubuntu.com/chisel, "Manifest").
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec
import zstandard

from praxi_tasks.ecosystems import DEB
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.json_decoding import decode_shallow

_NAME: Final = "/manifest.wall"
_FOLDER: Final = "/chisel"
_MOST: Final = 64 << 20  # bytes that a manifest may unpack to
_LONGEST_LINE: Final = 1 << 20


class _Line(msgspec.Struct):
    kind: str = ""
    name: str = ""
    version: str = ""
    arch: str = ""
    path: str = ""
    slices: list[str] = []


def read_manifest(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of a manifest, each with the files that its slices brought.

    Raises
    ------
    DataError
        If it is no such manifest, damaged, or far larger than any real one.
    """
    packages: dict[str, _Line] = {}
    files: defaultdict[str, list[str]] = defaultdict(list)
    for line in _lines(view.kept[path]):
        if line.kind == "package":
            packages[line.name] = line
        elif line.kind == "path" and not line.path.endswith("/"):
            for name in {name.partition("_")[0] for name in line.slices}:
                files[name].append(line.path.lstrip("/"))
    for name, package in packages.items():
        if not name or not package.version:
            view.report(path, f"a package without name or version: {name[:60]!r}")
            continue
        paths = files[name]
        yield Claim(
            ecosystem=DEB.purl_type,
            name=name,
            version=package.version,
            database=path,
            architecture=package.arch,
            files=owned(paths, sum(map(len, paths))),
        )


def _lines(data: bytes) -> Iterator[_Line]:
    try:
        with zstandard.ZstdDecompressor(max_window_size=_MOST).stream_reader(data) as stream:
            text = stream.read(_MOST + 1)
    except (zstandard.ZstdError, MemoryError) as error:
        raise DataError(f"it can't be decompressed: {error}") from None
    if len(text) > _MOST:
        raise DataError(f"it unpacks to more than {_MOST} bytes")
    if not text.startswith(b'{"jsonwall":'):
        raise DataError("it is no manifest of a known form")
    for line in io.BytesIO(text):
        if len(line) > _LONGEST_LINE:
            raise DataError("one of its lines is longer than any real one")
        try:
            yield decode_shallow(line, _Line)
        except msgspec.DecodeError as error:
            raise DataError(f"one of its lines can't be read: {error}") from None


READER: Final = Reader(
    ecosystem=DEB.purl_type,
    prepare=lambda view: partial(read_manifest, view),
    endings=(_NAME,),
    accepts=lambda path: f"/{path}".removesuffix(_NAME).endswith(_FOLDER),
)
