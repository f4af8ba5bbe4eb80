"""conda, mamba, micromamba and pixi: ``conda-meta`` has a JSON object for each package of an environment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import CONDA
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.checksums import from_hex, pack_checksums
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document, owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Form, Reader

_FOLDER: Final = "/conda-meta"


class _Path(msgspec.Struct):
    path: str = msgspec.field(default="", name="_path")
    sha256: str | None = None
    sha256_in_prefix: str | None = None


class _Paths(msgspec.Struct):
    paths: list[_Path] = []


class _Record(msgspec.Struct):
    name: str = ""
    version: str = ""
    license: str | None = None
    files: list[str] = []
    paths_data: msgspec.Raw = msgspec.Raw(b"{}")


def read_record(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a record, with its files in the environment around ``conda-meta``.

    Raises
    ------
    DataError
        If it is no such JSON object, or lacks a name or a version.
    """
    data = view.kept[path]
    record = document(data, _Record, "no record of a package")
    if not record.name or not record.version:
        raise DataError("it has no name or no version")
    prefix = f"/{path}".rpartition("/")[0].removesuffix(_FOLDER).lstrip("/")
    files = owned(
        (f"{prefix}/{file}".lstrip("/") for file in record.files),
        len(data) + len(record.files) * len(prefix),
    )
    yield Claim(
        CONDA.purl_type,
        record.name,
        record.version,
        path,
        files=files,
        licences=stated((record.license or "",)),
        checksums=pack_checksums(files, _checksums(view, path, record, prefix, files)),
    )


def _checksums(
    view: LayerView, path: str, record: _Record, prefix: str, files: tuple[str, ...]
) -> dict[str, bytes]:
    """Return the SHA-256 that files have where they were installed: conda writes its prefix into some."""
    noted = bytes(record.paths_data)
    try:
        listed = document(noted if noted != b"null" else b"{}", _Paths, "no list of files").paths
    except DataError as error:
        view.report(path, f"its checksums: {error}")
        return {}
    sums = {each.path: from_hex((each.sha256_in_prefix or each.sha256 or "").encode(), 32) for each in listed}
    start = len(prefix) + 1 if prefix else 0
    return {file: value for file in files if (value := sums.get(file[start:]))}


READER: Final = Reader(
    ecosystem=CONDA.purl_type,
    prepare=lambda view: partial(read_record, view),
    endings=(".json",),
    accepts=lambda path: f"/{path}".rpartition("/")[0].endswith(_FOLDER),
    forms=(Form(heads=(b"{",), marks=(b'"build_number"', b'"depends"'), most=16 << 20),),
)
