"""GNU Octave: the ``DESCRIPTION`` that ``pkg install`` leaves with each package."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import OCTAVE
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.stanzas import read_stanzas

_FILE: Final = "/packinfo/DESCRIPTION"
_FIELDS: Final = frozenset((b"name", b"version", b"license"))


def read_description(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield a package.

    Raises
    ------
    DataError
        If it has no name or no version.
    """
    fields = next(read_stanzas(view.kept[path], _FIELDS), {})
    if not fields.get("name") or not fields.get("version"):
        raise DataError("it has no name or no version")
    yield Claim(
        OCTAVE.purl_type,
        fields["name"].lower(),
        fields["version"],
        path,
        files=view.give(path.removesuffix(_FILE)),
        licences=stated((fields.get("license", ""),)),
    )


READER: Final = Reader(
    ecosystem=OCTAVE.purl_type, prepare=lambda view: partial(read_description, view), endings=(_FILE,)
)
