"""What headers of C define: the numbers of a version, which are macros of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

_DEFINED: Final = re.compile(
    rb"^[ \t]*#[ \t]*define[ \t]+(?P<name>\w+)[ \t]+(?P<value>\w+)(?![\w.])", re.MULTILINE
)
_MOST_LOOKUPS: Final = 4  # names that stand for each other
_MOST_DEFINED: Final = 10_000


def defined_numbers(text: bytes, names: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the numbers that a header defines names as; nothing where one is no number."""
    defined: dict[bytes, bytes] = {}
    for number, found in enumerate(_DEFINED.finditer(text)):
        if number > _MOST_DEFINED:
            break
        defined.setdefault(found["name"], found["value"])
    values = tuple(_value(defined, name) for name in names)
    return values if all(value.isdigit() for value in values) else ()


def _value(defined: Mapping[bytes, bytes], name: bytes) -> bytes:
    """Return what a name is defined as, also where that is another name."""
    for _ in range(_MOST_LOOKUPS):
        name = defined.get(name, b"")
        if name.isdigit():
            break
    return name
