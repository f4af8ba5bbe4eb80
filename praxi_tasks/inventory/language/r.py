"""R: an installed package's ``DESCRIPTION``, which ``R CMD INSTALL`` completes by when it was built."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import BIOCONDUCTOR, CRAN, GENERIC
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Form, Reader
from praxi_tasks.inventory.stanzas import read_stanzas

_FILE: Final = "/DESCRIPTION"
_FIELDS: Final = frozenset((b"package", b"version", b"license", b"built", b"repository", b"biocviews"))
_BASE: Final = "base"
_INDEX: Final = "CRAN"


def read_description(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a ``DESCRIPTION``; a source package's, which says not when it was built, is none.

    R's own translations say nothing of that either, but lie in a library. The package ``base`` is R itself.

    Raises
    ------
    DataError
        If it lacks a name or a version.
    """
    fields = next(read_stanzas(view.kept[path], _FIELDS), {})
    if not fields.get("built") and not f"/{path}".endswith(f"/R/library/{fields.get('package')}{_FILE}"):
        return
    name, version = fields.get("package", ""), fields.get("version", "")
    if not name or not version:
        raise DataError("an installed package without name or version")
    of_bioconductor = "biocviews" in fields and fields.get("repository") != _INDEX
    yield Claim(
        (BIOCONDUCTOR if of_bioconductor else CRAN).purl_type,
        name,
        version,
        path,
        files=view.give(path.removesuffix(_FILE)),
        licences=stated((fields.get("license", ""),)),
    )
    if name == _BASE:
        yield Claim(GENERIC.purl_type, "r", version, path, files=(path,))


READER: Final = Reader(
    ecosystem=CRAN.purl_type,
    prepare=lambda view: partial(read_description, view),
    endings=(_FILE,),
    forms=(Form(heads=(b"Package:",), marks=(b"\nVersion:", b"\nBuilt:")),),
)
