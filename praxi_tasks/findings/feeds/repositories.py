"""Finds a repository's ``updateinfo``, whose name mostly changes with its content.

A URL may name the repository's ``repomd.xml``, or a list of its mirrors, as Amazon has one.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin, urlsplit

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.fetching import read_url, shown
from praxi_tasks.findings.feeds.xml_stream import read_elements

_INDEX: Final = "/repomd.xml"
_MIRRORS: Final = ("/mirror.list", "/mirrorlist")
_LARGEST: Final = 16 << 20
_SCHEMES: Final = frozenset({"https", "http"})


def read_advisories(url: str, timeout: float) -> bytes:
    """Return the advisories that a URL or path names: itself, or through its repository's index.

    Parameters
    ----------
    timeout
        Longest silence of a server, in seconds.

    Raises
    ------
    FeedError
        If something of it can't be had now.
    DataError
        If an index or a list of mirrors names no ``updateinfo``.
    UsageError
        If the scheme is another than ``https``, ``http`` and ``file``.
    """
    named = url
    path = urlsplit(url).path
    if path.endswith(_MIRRORS):
        url = _resolved(url, f"{_first_mirror(read_url(url, timeout), url)}/repodata{_INDEX}")
        path = urlsplit(url).path
    if path.endswith(_INDEX):
        # The index is in the folder repodata, and what it names is below the folder above.
        above = url.rpartition("/")[0].rpartition("/")[0]
        url = _resolved(f"{above}/", _location(read_url(url, timeout, named=named), url))
    return read_url(url, timeout, named=named)


def _first_mirror(data: bytes, where: str) -> str:
    lines = (line.strip() for line in data[:_LARGEST].decode("utf-8", "replace").splitlines())
    found = next((line for line in lines if line and not line.startswith("#")), "")
    if not found:
        raise DataError("a list of mirrors names none", where=shown(where), action="check its URL")
    return found.rstrip("/")


def _location(data: bytes, where: str) -> str:
    """Return where a repository's index says that its ``updateinfo`` is."""
    if len(data) <= _LARGEST:
        for element in read_elements([data], ("data",), "repomd", shown(where)):
            location = element.first("location")
            place = location.attributes.get("href") if location else None
            if element.attributes.get("type") == "updateinfo" and place:
                return place
    raise DataError(
        "the repository has no updateinfo", where=shown(where), action="name a repository that has one"
    )


def _resolved(base: str, target: str) -> str:
    """Return where a relative or whole address leads; never from a site to files, nor out of a folder."""
    if urlsplit(base).scheme in _SCHEMES:
        found = urljoin(base, target)
        if urlsplit(found).scheme in _SCHEMES:
            return found
    elif not urlsplit(target).scheme and not target.startswith("/") and ".." not in target.split("/"):
        return f"{base.rpartition('/')[0]}/{target}"
    raise DataError(f"it leads to {target[:200]!r}", where=shown(base), action="check its URL")
