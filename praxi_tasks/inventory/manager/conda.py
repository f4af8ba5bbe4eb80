"""conda, mamba, micromamba and pixi: ``conda-meta`` has a JSON object for each package of an environment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import CONDA
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document, owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Form, Reader

_FOLDER: Final = "/conda-meta"


class _Record(msgspec.Struct):
    name: str = ""
    version: str = ""
    license: str | None = None
    files: list[str] = []


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
    files = (f"{prefix}/{file}".lstrip("/") for file in record.files)
    yield Claim(
        CONDA.purl_type,
        record.name,
        record.version,
        path,
        files=owned(files, len(data) + len(record.files) * len(prefix)),
        licences=stated((record.license or "",)),
    )


READER: Final = Reader(
    ecosystem=CONDA.purl_type,
    prepare=lambda view: partial(read_record, view),
    endings=(".json",),
    accepts=lambda path: f"/{path}".rpartition("/")[0].endswith(_FOLDER),
    forms=(Form(heads=(b"{",), marks=(b'"build_number"', b'"depends"'), most=16 << 20),),
)
