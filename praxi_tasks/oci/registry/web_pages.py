"""Recognises web pages that answer in place of a registry: login pages, mostly, and those of proxies."""

from __future__ import annotations

from typing import Final

from urllib3.response import BaseHTTPResponse

from praxi_tasks.errors import NotARegistryError

_BEFORE: Final = b"\xef\xbb\xbf \t\r\n"  # a byte order mark, and white space
_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})


def is_page(body: bytes) -> bool:
    """Return whether a body is HTML or XML; no manifest, configuration or token is.

    What it was served as says nothing: file servers call everything a page.
    """
    return body.lstrip(_BEFORE).startswith(b"<")


def check_blob(response: BaseHTTPResponse, size: int, where: str) -> None:
    """Do nothing unless a page is answered in place of a blob.

    Parameters
    ----------
    size
        How many bytes the blob has: what is as long may be the blob, whatever it is called.

    Raises
    ------
    NotARegistryError
        If it is. The response is closed.
    """
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status != 200 or kind not in _TYPES or response.length_remaining == size:
        return
    response.close()
    raise page_error(where)


def page_error(where: str) -> NotARegistryError:
    """Return the error of a page that a URL gave."""
    return NotARegistryError(
        "a web page answered in place of the registry: a login page or a proxy's",
        where=where,
        action="check the image's host, its credentials in the pull secret, and HTTPS_PROXY and NO_PROXY",
    )
