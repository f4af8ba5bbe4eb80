"""PEP 610's ``direct_url.json``: where a distribution came from that no index had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from praxi_tasks.http import redact_url
from praxi_tasks.inventory.decoding import document
from praxi_tasks.printable import printable

_LOCAL: Final = "file:"
_SYSTEMS: Final = ("git", "hg", "svn", "bzr")
_LONGEST: Final = 1_000  # characters of an address


@dataclass(frozen=True)
class Origin:
    """Where a distribution came from: without credentials, with a commit as package URLs write one.

    ``address`` is empty for what came from an index or a folder of the machine that built the image.
    """

    address: str = ""
    is_editable: bool = False


class _Revision(msgspec.Struct):
    vcs: str = ""
    commit_id: str = ""


class _Folder(msgspec.Struct):
    editable: bool = False


class _DirectUrl(msgspec.Struct):
    url: str = ""
    vcs_info: _Revision | None = None
    dir_info: _Folder | None = None
    subdirectory: str | None = None


def read_direct_url(data: bytes) -> Origin:
    """Return what a ``direct_url.json`` says.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    found = document(data, _DirectUrl, "no description of an origin")
    editable = found.dir_info is not None and found.dir_info.editable
    if "://" not in found.url or found.url.lower().startswith(_LOCAL):
        return Origin(is_editable=editable)
    address = redact_url(found.url).partition("?")[0]
    if found.vcs_info and found.vcs_info.vcs in _SYSTEMS:
        commit = f"@{found.vcs_info.commit_id}" if found.vcs_info.commit_id else ""
        address = f"{found.vcs_info.vcs}+{address}{commit}"
        address += f"#{found.subdirectory}" if found.subdirectory else ""
    return Origin(printable(address)[:_LONGEST], editable)
