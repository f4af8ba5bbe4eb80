"""SWI-Prolog: the ``pack.pl`` of an installed add-on, terms that are never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import SWIPL
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import as_utf8, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/pack.pl"
_PLACE: Final = re.compile(r"(?:.*/)?(?:swi-prolog|swi-prolog/share|swipl)/pack/[^/]+/pack\.pl")
_TERM: Final = re.compile(rb"^[ \t]*(name|version)\([ \t]*'?([\w.+-]{1,200})'?[ \t]*\)[ \t]*\.", re.MULTILINE)
_HEAD: Final = 1 << 18


def read_pack(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield an add-on.

    Raises
    ------
    DataError
        If it has no name or no version.
    """
    terms = {key: text(value) for key, value in _TERM.findall(as_utf8(view.kept[path][:_HEAD]))}
    if not terms.get(b"name") or not terms.get(b"version"):
        raise DataError("it has no name or no version")
    files = view.give(path.removesuffix(_FILE))
    yield Claim(SWIPL.purl_type, terms[b"name"], terms[b"version"], path, files=files)


READER: Final = Reader(
    ecosystem=SWIPL.purl_type,
    prepare=lambda view: partial(read_pack, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
