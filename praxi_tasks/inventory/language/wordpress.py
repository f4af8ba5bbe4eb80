"""WordPress: its own version, and the headers of plugins' main files and of themes' style sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import GENERIC, WORDPRESS, WORDPRESS_THEME
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_PLUGIN: Final = re.compile(r"(?:.*/)?wp-content/(?:mu-)?plugins/(?:([^/]+)/[^/]+|([^/]+))\.php")
_THEME: Final = re.compile(r"(?:.*/)?wp-content/themes/([^/]+)/style\.css")
_CORE: Final = re.compile(r"(?:.*/)?wp-includes/version\.php")
_HEAD: Final = 8192  # bytes: where WordPress itself looks for the header
_FIELD: Final = re.compile(rb"^[ \t/*#@]*(Plugin Name|Theme Name|Version|License):([^\r\n]*)", re.MULTILINE)
_VERSION: Final = re.compile(rb"^\$wp_version[ \t]*=[ \t]*'([\w.-]{1,40})'", re.MULTILINE)


def read_header(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the plugin or theme whose header a file has, by the name of its folder; most files have none."""
    if _CORE.fullmatch(path):
        if version := _VERSION.search(view.kept[path][:_HEAD]):
            yield Claim(GENERIC.purl_type, "wordpress", text(version[1]), path, files=(path,))
        return
    fields: dict[bytes, str] = {}
    for name, value in _FIELD.findall(view.kept[path][:_HEAD]):
        fields.setdefault(name, text(value))
    theme, plugin = _THEME.fullmatch(path), _PLUGIN.fullmatch(path)
    row, title = (WORDPRESS_THEME, b"Theme Name") if theme else (WORDPRESS, b"Plugin Name")
    place = theme or plugin
    if place and fields.get(title) and fields.get(b"Version"):
        alone = plugin is not None and plugin[1] is None
        yield Claim(
            row.purl_type,
            next(filter(None, place.groups())),
            fields[b"Version"],
            path,
            files=(path,) if alone else view.give(path.rpartition("/")[0]),
            licences=stated((fields.get(b"License", ""),)),
        )


READER: Final = Reader(
    ecosystem=WORDPRESS.purl_type,
    prepare=lambda view: partial(read_header, view),
    endings=(".php", "/style.css"),
    accepts=lambda path: any(place.fullmatch(path) for place in (_PLUGIN, _THEME, _CORE)),
)
