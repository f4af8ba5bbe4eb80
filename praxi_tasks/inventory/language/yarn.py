"""Yarn's cache (Plug'n'Play, zero-installs): packages that stay in archives, whose names say what they are.

An archive is ``lodash-npm-4.17.20-6382451519-10c0.zip``: name, protocol, version, and two check sums. A scope
is joined to the name by a hyphen, which either may hold; ``.pnp.cjs``, where it is there, tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import NPM
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import ReadDatabase, Reader

_ARCHIVE: Final = re.compile(
    r"(?P<name>@?[^@/]+?)-npm-(?P<version>\d+\.\d+\.\d+[^/]*?)-[0-9a-f]{10}(?:-[0-9a-z]+)?\.zip"
)
_MAPS: Final = (".pnp.cjs", ".pnp.data.json")
_LOCATION: Final = re.compile(rb'/([^/"\\]+\.zip)/node_modules/((?:@[^/"\\]+/)?[^/"\\]+)/')
_ENDING: Final = ".zip"
_CACHE: Final = "/cache/"


def archived_packages(view: LayerView) -> Iterator[Claim]:
    """Yield the packages whose archives lie in a cache of Yarn's."""
    archives = [path for path in view.members() if path.endswith(_ENDING) and _CACHE in path]
    named = _names(view) if archives else {}
    for path in sorted(archives):
        file = path.rpartition("/")[2]
        found = _ARCHIVE.fullmatch(file)
        if found and path.endswith(f"{_CACHE}{file}"):
            name = named.get(file) or _split(found["name"])
            yield Claim(NPM.purl_type, name, found["version"], path, files=(path,))


def _names(view: LayerView) -> dict[str, str]:
    """Return the names of packages by archive, as Yarn's maps have them."""
    maps = (data for path, data in view.kept.items() if path.endswith(_MAPS))
    return {text(file): text(name) for data in maps for file, name in _LOCATION.findall(data)}


def _split(name: str) -> str:
    """Split the scope from a name at the first hyphen, where most have their only one."""
    return name.replace("-", "/", 1) if name.startswith("@") else name


def _prepare(_view: LayerView) -> ReadDatabase:
    return lambda _path: iter(())


READER: Final = Reader(
    ecosystem=NPM.purl_type,
    prepare=_prepare,
    endings=_MAPS,
    accepts=lambda path: path.rpartition("/")[2] in _MAPS,
    is_database=lambda _path: False,
    named=archived_packages,
)
