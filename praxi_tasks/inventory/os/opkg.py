"""OpenWrt's and Yocto's opkg: dpkg's form in another place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import OPKG
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.stanzas import read_stanzas

_FOLDERS: Final = ("usr/lib/opkg/", "var/lib/opkg/")
_STATUS: Final = "/status"
_FIELDS: Final = frozenset((b"package", b"version", b"architecture", b"status"))
_INSTALLED: Final = frozenset(("installed", "unpacked", "half-configured", "half-installed"))


def read_status(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the installed packages of a status."""
    for stanza in read_stanzas(view.kept[path], _FIELDS):
        name, version = stanza.get("package", ""), stanza.get("version", "")
        if not name or not version:
            view.report(path, f"a paragraph without name or version: {name[:60]!r}")
            continue
        if stanza.get("status", "").rpartition(" ")[2] not in _INSTALLED:
            continue
        files = _owned(view, f"{path.removesuffix(_STATUS)}/info/{name}.list")
        yield Claim(OPKG.purl_type, name, version, path, stanza.get("architecture", ""), files=files)


def _owned(view: LayerView, path: str) -> tuple[str, ...]:
    data = view.kept.get(path)
    if data is None:
        return ()
    return owned((path_text(line).partition("\t")[0].lstrip("/") for line in unix_lines(data)), len(data))


READER: Final = Reader(
    ecosystem=OPKG.purl_type,
    prepare=lambda view: partial(read_status, view),
    paths=frozenset(f"{folder}status" for folder in _FOLDERS),
    endings=(".list",),
    accepts=lambda path: path.startswith(tuple(f"{folder}info/" for folder in _FOLDERS)),
    is_database=lambda path: path.endswith(_STATUS),
    of_system=True,
)
