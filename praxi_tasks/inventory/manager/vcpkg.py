"""C and C++ with vcpkg: the status of a folder that it installed into, in dpkg's form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import VCPKG
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.stanzas import Stanza, read_stanzas

_STATUS: Final = "/vcpkg/status"
_LIST: Final = ".list"
_LISTS: Final = "/vcpkg/info/"
_FIELDS: Final = frozenset((b"package", b"version", b"port-version", b"architecture", b"feature", b"status"))
_INSTALLED: Final = frozenset(("install ok installed", "install ok half-installed"))


def read_status(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the installed ports of a status: the last paragraph about a port for a triplet counts.

    Paragraphs that have a ``Feature`` are about a part of a port.
    """
    ports: dict[tuple[str, str], Stanza] = {}
    for stanza in read_stanzas(view.kept[path], _FIELDS):
        if "feature" in stanza:
            continue
        if not stanza.get("package") or not stanza.get("version"):
            view.report(path, f"a paragraph without name or version: {stanza.get('package', '')[:60]!r}")
            continue
        ports[stanza["package"], stanza.get("architecture", "")] = stanza
    for (name, triplet), stanza in ports.items():
        if stanza.get("status") in _INSTALLED:
            root = path.removesuffix(_STATUS)
            files = _owned(view, root, f"{name}_{stanza['version']}_{triplet}{_LIST}")
            yield Claim(VCPKG.purl_type, name, _version(stanza), path, triplet, files=files)


def _version(stanza: Stanza) -> str:
    """Return a port's version as vcpkg writes it: with its recipe's revision, if that is not the first."""
    revision = stanza.get("port-version", "0")
    return stanza["version"] if revision == "0" else f"{stanza['version']}#{revision}"


def _owned(view: LayerView, root: str, file: str) -> tuple[str, ...]:
    data = view.kept.get(f"{root}{_LISTS}{file}")
    if data is None:
        return ()
    paths = (path_text(line) for line in unix_lines(data))
    return owned((f"{root}/{path}" for path in paths if path and not path.endswith("/")), len(data))


READER: Final = Reader(
    ecosystem=VCPKG.purl_type,
    prepare=lambda view: partial(read_status, view),
    endings=(_STATUS, _LIST),
    accepts=lambda path: path.endswith(_STATUS) or _LISTS in path,
    is_database=lambda path: path.endswith(_STATUS),
)
