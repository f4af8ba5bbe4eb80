"""Redacts URLs for logs and errors: userinfo and the query of a signed URL are credentials."""

from __future__ import annotations

from urllib.parse import urlsplit

from praxi_tasks.printable import printable

_SHOWN = 300


def redact_url(url: str) -> str:
    """Return scheme, host and path of ``url``; user, password, query and fragment are left out.

    Examples
    --------
    >>> redact_url("https://me:secret@cdn.example:444/blob?X-Signature=abc")
    'https://cdn.example:444/blob?…'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a malformed URL"
    host = parts.netloc.rpartition("@")[2]
    shown = printable(f"{parts.scheme}://{host}{parts.path}"[:_SHOWN])
    return shown + ("?…" if parts.query else "")
