"""The parts inlined into the page: style, scripts, and the content security policy that allows only them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Final

_ASSETS: Final = resources.files(__package__)
_SCRIPTS: Final = ("vega/vega.min.js", "vega/vega-lite.min.js", "vega/vega-embed.min.js", "draw.js")
_SOURCE_MAP: Final = "\n//# sourceMappingURL="


def asset(name: str) -> str:
    """Return the text of a file beside this module."""
    return _ASSETS.joinpath(name).read_text("utf-8")


def scripts() -> list[str]:
    """Return the page's scripts in the order in which they build on each other.

    They ask for no source map: a developer's tools would look for it on the network.
    """
    return [asset(name).partition(_SOURCE_MAP)[0] for name in _SCRIPTS]


def policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Return a Content-Security-Policy: these styles and scripts, known by their hashes, and no network."""
    style, script = " ".join(map(_hash, styles)), " ".join(map(_hash, scripts))
    return f"default-src 'none'; style-src {style}; script-src {script}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
