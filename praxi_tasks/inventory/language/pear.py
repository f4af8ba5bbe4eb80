"""PHP's PEAR and PECL: a file of serialised PHP for each package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import PEAR
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_DEFAULT_CHANNEL: Final = b"pear.php.net"
# package.xml 2.0 as an array: name and channel are neighbours, and the version is an array that begins with
# the release; so no nested entry (a dependency, an older release) reads as the package's own.
_NAME: Final = re.compile(rb's:4:"name";s:\d+:"([^"]+)";s:7:"channel";s:\d+:"([^"]+)"')
# Lists made by hand leave the channel out; the folder then tells it.
_FIRST: Final = re.compile(rb'a:\d+:\{s:4:"name";s:\d+:"([^"]+)"')
_CHANNEL_FOLDER: Final = re.compile(r".*/\.channel\.([^/]+)/[^/]+\.reg")
_RELEASE: Final = re.compile(rb's:7:"version";a:\d+:\{s:7:"release";s:\d+:"([^"]+)"')
# package.xml 1.0
_OLD_NAME: Final = re.compile(rb's:7:"package";s:\d+:"([^"]+)"')
_OLD_VERSION: Final = re.compile(rb's:7:"version";s:\d+:"([^"]+)"')


def read_entry(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a registry's file, with its channel before its name.

    Raises
    ------
    DataError
        If it has no name or no version.
    """
    data = view.kept[path]
    new, release = _NAME.search(data), _RELEASE.search(data)
    old, version = _OLD_NAME.search(data), _OLD_VERSION.search(data)
    if new and release:
        name, channel, number = new[1], new[2], release[1]
    elif release and (first := _FIRST.match(data)):
        folder = _CHANNEL_FOLDER.fullmatch(path)
        channel = folder[1].encode() if folder else _DEFAULT_CHANNEL
        name, number = first[1], release[1]
    elif old and version:
        name, channel, number = old[1], _DEFAULT_CHANNEL, version[1]
    else:
        raise DataError("it is no package of PEAR's registry")
    yield Claim(PEAR.purl_type, f"{text(channel)}/{text(name)}", text(number), path)


def _is_registered(path: str) -> bool:
    return "/.registry/" in f"/{path}"


READER: Final = Reader(
    ecosystem=PEAR.purl_type,
    prepare=lambda view: partial(read_entry, view),
    endings=(".reg",),
    accepts=_is_registered,
)
