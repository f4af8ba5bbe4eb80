"""Parses ``WWW-Authenticate`` headers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_ITEM: Final = re.compile(
    r"""[\s,]*(?:
        (?P<key>[\w-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,"]*))
        | (?P<scheme>[A-Za-z][\w-]*)
    )""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True)
class Challenge:
    """One way to authenticate; ``scheme`` and the parameters' names are in lower case."""

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse_challenges(header: str) -> list[Challenge]:
    """Return the challenges of a header in their order; what can't be understood is left out.

    Examples
    --------
    >>> parse_challenges('Bearer realm="https://auth.example/token",service=hub, Basic realm="x"')[0].scheme
    'bearer'
    """
    found: list[Challenge] = []
    position = 0
    while item := _ITEM.match(header, position):
        position = item.end()
        if item["scheme"]:
            found.append(Challenge(item["scheme"].lower()))
        elif found:
            quoted = item["quoted"]
            value = item["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            found[-1].parameters.setdefault(item["key"].lower(), value)
    return found
