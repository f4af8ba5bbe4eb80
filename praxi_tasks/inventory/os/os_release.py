"""``os-release``: which distribution an image is made of."""

from __future__ import annotations

import re
import shlex
from typing import Final

from praxi_tasks.inventory.claim import Distribution
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Form

PATHS: Final = ("etc/os-release", "usr/lib/os-release")
"""Without a leading slash; the first that can be read counts."""

_LARGEST: Final = 1 << 16  # bytes; a real one has some hundreds
FORM: Final = Form(
    heads=(b"NAME=", b"PRETTY_NAME=", b"ID="), marks=(b"ID=",), most=_LARGEST, is_database=False
)
"""How it is told where it has another name, to which a link leads."""

_LONGEST_LINE: Final = 4096  # characters of a value
_LONGEST_ID: Final = 64
_LONGEST_VERSION: Final = 128
_LONGEST_NAME: Final = 256
# What is not quoted in package URLs, file names and patterns; a little wider than os-release(5).
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]*")


def read_distribution(view: LayerView) -> Distribution | None:
    """Return the distribution named by the first readable ``os-release``.

    ``etc/os-release`` is a link in most images; then the file it points to is in the layer or nothing is.
    A field that os-release(5) does not allow is reported and left empty.
    """
    for path in PATHS:
        fields = _fields(view.kept.get(path, b""))
        identity = _checked(view, path, "ID", fields.get("ID", ""), most=_LONGEST_ID)
        if identity:
            return Distribution(
                id=identity,
                version_id=_checked(view, path, "VERSION_ID", fields.get("VERSION_ID", "")),
                codename=_checked(view, path, "VERSION_CODENAME", fields.get("VERSION_CODENAME", "")),
                name=_shown(fields.get("PRETTY_NAME", "") or fields.get("NAME", "")),
                like=_plain(fields.get("ID_LIKE", "")),
                base_codename="".join(_plain(_base(fields))[:1]),
            )
    return None


def _checked(view: LayerView, path: str, field: str, value: str, most: int = _LONGEST_VERSION) -> str:
    if not value or (len(value) <= most and _PLAIN.fullmatch(value)):
        return value
    view.report(path, f"its {field} is not one that os-release allows: {value[:most]!r}")
    return ""


def _base(fields: dict[str, str]) -> str:
    return fields.get("UBUNTU_CODENAME", "") or fields.get("DEBIAN_CODENAME", "")


def _plain(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.split() if len(word) <= _LONGEST_ID and _PLAIN.fullmatch(word))


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_LONGEST_NAME])


def _fields(data: bytes) -> dict[str, str]:
    """Read ``NAME=value`` lines as a shell would; a line no shell accepts is left out."""
    fields: dict[str, str] = {}
    for line in data[:_LARGEST].decode("utf-8", "replace").splitlines():
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
