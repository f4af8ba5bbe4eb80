"""C and C++ with Conan 2: its cache, where a SQLite database tells which package is in which folder."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import CONAN
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.sqlite_rows import read_rows

_DATABASE: Final = "/p/cache.sqlite3"
_REFERENCE: Final = re.compile(r"([a-z0-9_][a-z0-9_+.-]*)/([a-z0-9_][a-z0-9_+.-]*)(?:@[^#]*)?")
_CONTENT: Final = "p"  # of a package's folder in the cache: what was packed


def read_cache(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of a cache of Conan 2; recipes alone are no packages.

    Raises
    ------
    DataError
        If it is no such database.
    """
    cache = posixpath.dirname(path)
    for reference, place in read_rows(view.kept[path], "packages", ("reference", "path")):
        found = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
        folder = posixpath.normpath(f"{cache}/{place}/{_CONTENT}")
        if found is None or not folder.startswith(f"{cache}/"):
            view.report(path, f"a package without name or version: {str(reference)[:60]!r}")
        else:
            yield Claim(CONAN.purl_type, found[1], found[2], path, files=view.give(folder))


READER: Final = Reader(
    ecosystem=CONAN.purl_type,
    prepare=lambda view: partial(read_cache, view),
    endings=(_DATABASE,),
)
