"""Deno's cache of JSR: of each release that was fetched, a file lists its modules.

Files are named for the hash of their address, which stands behind their content, or beside it in caches of
older Denos (``<hash>.metadata.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import JSR
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

# Where Deno's own image and its users keep the cache; nothing in the names of its files tells them elsewhere.
_CACHES: Final = ("deno-dir", "root/.cache/deno", "home/deno/.cache/deno", "var/cache/deno")
_FOLDERS: Final = tuple(f"{cache}/{kind}/https/jsr.io/" for cache in _CACHES for kind in ("remote", "deps"))
_METADATA: Final = ".metadata.json"
_PLACE: Final = re.compile(r"(?:.*/)?deps/https/jsr\.io/[0-9a-f]{64}\.metadata\.json")
_ADDRESS: Final = re.compile(
    rb'"url":\s{0,10}"https://jsr\.io/(@[a-z0-9-]{1,100}/[a-z0-9-]{1,100})/(\d[\w.+-]{0,100})_meta\.json"'
)
_TAIL: Final = 1 << 13  # bytes; the headers of an answer are before its address


def read_release(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the release of which a file is the list of modules; nothing of any other file."""
    found = _ADDRESS.search(view.kept[path][-_TAIL:])
    if found:
        yield Claim(JSR.purl_type, text(found[1]), text(found[2]), path)


READER: Final = Reader(
    ecosystem=JSR.purl_type,
    prepare=lambda view: partial(read_release, view),
    folders=_FOLDERS,
    endings=(_METADATA,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
