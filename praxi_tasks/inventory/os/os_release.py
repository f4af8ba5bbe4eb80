"""``os-release``: which distribution an image is made of."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from praxi_tasks.inventory.claim import Distribution

PATHS: Final = ("etc/os-release", "usr/lib/os-release")
"""Without a leading slash; the first that can be read counts."""

_LONGEST_LINE: Final = 4096  # characters of a value


def read_distribution(kept: Mapping[str, bytes]) -> Distribution | None:
    """Return the distribution named by the first readable ``os-release``.

    ``etc/os-release`` is a link in most images; then the file it points to is in the layer or nothing is.
    """
    for path in PATHS:
        fields = _fields(kept.get(path, b""))
        if fields.get("ID"):
            return Distribution(
                id=fields["ID"],
                version_id=fields.get("VERSION_ID", ""),
                codename=fields.get("VERSION_CODENAME", ""),
                name=fields.get("PRETTY_NAME", "") or fields.get("NAME", ""),
            )
    return None


def _fields(data: bytes) -> dict[str, str]:
    """Read ``NAME=value`` lines as a shell would; a line no shell accepts is left out."""
    fields: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#") and len(value) <= _LONGEST_LINE:
            fields[name.strip()] = _unquoted(value)
    return fields


def _unquoted(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError:
        return ""
    return words[0] if len(words) == 1 else ""
