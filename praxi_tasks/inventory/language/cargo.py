"""Rust programs that ``cargo install`` built, by the list that Cargo keeps of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from praxi_tasks.ecosystems import CARGO
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import as_utf8, owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_LIST: Final = "/.crates.toml"
_FORM: Final = "v1"
_CRATE: Final = re.compile(r"([A-Za-z0-9_-]+) (\d[0-9A-Za-z.+-]*) \((registry|sparse|git|path)\+[^()\s]*\)")
_FOLDER: Final = "bin"
_LARGEST: Final = 1 << 16  # tomllib takes quadratic time for some inputs


def read_installs(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the crates whose programs are in the folder beside the list.

    Raises
    ------
    DataError
        If it is no such TOML.
    """
    root = path.removesuffix(_LIST)
    for key, programs in _installs(view.kept[path]).items():
        crate = _CRATE.fullmatch(key)
        if crate is None or not isinstance(programs, list):
            view.report(path, f"no crate with its programs: {key[:60]!r}")
            continue
        names = (name for name in programs if isinstance(name, str) and "/" not in name)
        files = owned((f"{root}/{_FOLDER}/{name}" for name in names), len(view.kept[path]))
        yield Claim(CARGO.purl_type, crate[1], crate[2], path, files=files)


def _installs(data: bytes) -> dict[str, Any]:
    if len(data) > _LARGEST:
        raise DataError("too long for a list of what Cargo installed")
    try:
        table = tomllib.loads(as_utf8(data).decode()).get(_FORM, {})
    except (ValueError, RecursionError) as error:  # of TOML, UTF-8, or a number of too many digits
        raise DataError(f"no list of what Cargo installed: {error}") from None
    if not isinstance(table, dict):
        raise DataError("no list of what Cargo installed")
    return table


READER: Final = Reader(
    ecosystem=CARGO.purl_type,
    prepare=lambda view: partial(read_installs, view),
    endings=(_LIST,),
)
