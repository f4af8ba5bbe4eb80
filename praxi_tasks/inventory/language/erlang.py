"""Erlang and Elixir: the resource file of each application, an Erlang term that is never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import HEX, OTP
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_ENDING: Final = ".app"
_HEAD: Final = 1 << 20
_PLACE: Final = re.compile(r"(?:.*/)?[^/]+/ebin/[^/]+\.app")
_OF_ERLANG: Final = re.compile(r"(?:.*/)?(?:erlang|otp)(?:[-_/][^/]*)?/lib/[^/]+/ebin/[^/]+\.app")
_NAME: Final = re.compile(rb"\{\s*application\s*,\s*'?([a-z][\w@]*)'?\s*,")
_VERSION: Final = re.compile(rb"\{\s*vsn\s*,\s*(?:<<\s*)?\"([^\"\n]+)\"")


def read_application(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield an application; those in Erlang's own library are part of OTP, others may be Hex packages.

    Raises
    ------
    DataError
        If it names no application and version.
    """
    data = view.kept[path][:_HEAD]
    name, version = _NAME.search(data), _VERSION.search(data)
    if not name or not version:
        raise DataError("it names no application or no version")
    ecosystem = OTP if _OF_ERLANG.fullmatch(path) else HEX
    folder = path.rpartition("/ebin/")[0]
    yield Claim(ecosystem.purl_type, text(name[1]), text(version[1]), path, files=view.give(folder))


READER: Final = Reader(
    ecosystem=HEX.purl_type,
    prepare=lambda view: partial(read_application, view),
    endings=(_ENDING,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
