"""From a Dag run's id to the part of a store key that stands for it."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote, unquote

_LONGEST: Final = 180
_KEPT: Final = 100


def run_id_of(key: str) -> str:
    """Return the run id that a key was made of; empty for a key that holds only the id's hash."""
    return "" if "==" in key else unquote(key.replace("=", "%"), errors="surrogatepass")


def run_key(run_id: str) -> str:
    """Return ``run_id`` as one part of a store key; different ids give different parts.

    What a key can't hold is written as ``=`` and two hexadecimal digits per byte. Ids too long for a file
    name end in ``==`` and their hash instead.

    Examples
    --------
    >>> run_key("scheduled__2026-03-01T00:00:00+00:00")
    'scheduled__2026-03-01T00=3A00=3A00+00=3A00'
    """
    escaped = quote(run_id, safe="+", errors="surrogatepass").replace("%", "=").replace("~", "=7E")
    if not escaped or escaped.startswith("."):
        escaped = f"=2E{escaped[1:]}" if escaped else "=="
    if len(escaped) > _LONGEST:
        digest = hashlib.sha256(run_id.encode(errors="surrogatepass")).hexdigest()
        return f"{escaped[:_KEPT]}=={digest}"
    return escaped
