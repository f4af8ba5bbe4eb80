"""The data of the report as they stand in its page: as JSON, or large ones packed and in parts.

A browser takes longest to unpack and to read JSON, so of many findings it reads at once only what the table
shows and sorts by: a list for each column, whose texts stand once where they repeat. The rest of each row is
in parts of :data:`ROWS` rows, and is read with the first row of them that is opened, or by a search.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

Row = dict[str, Any]

ROWS: Final = 2_000
"""How many findings have their details in one part."""
_SHOWN: Final = (
    "severity", "kind", "id", "title", "action", "fixed", "image", "images", "cause", "score", "epss",
    "exploited", "since", "new", "due", "overdue", "origin", "ignored",
)  # fmt: skip
_LEVEL: Final = 6  # a higher one takes several times as long for a hundredth less


def plain_data(data: bytes) -> str:
    """Return the element that holds small data, which are JSON."""
    text = data.decode().replace("<", "\\u003c")
    return f'<script id="data" type="application/json">{text}</script>'


def packed_data(data: dict[str, Any]) -> str:
    """Return the elements that hold large data: what the page begins with, and what it reads later."""
    rows = data["findings"]
    first = {**data, "findings": _columns(rows), "findingsCount": len(rows), "rowsOfPart": ROWS}
    components = first.pop("components")
    elements = [_element("data", first), _element("data-components", components)]
    elements += [_element(f"data-details-{number}", part) for number, part in enumerate(_details(rows))]
    return "\n".join(elements)


def _columns(rows: Sequence[Row]) -> dict[str, Any]:
    return {name: _column([row.get(name) for row in rows]) for name in _SHOWN}


def _column(values: list[Any]) -> dict[str, list[Any]]:
    """Return values as ``all``; texts that repeat as ``of``, each once, and ``at``, which of them."""
    if all(value is None or isinstance(value, str) for value in values):
        places = {value: number for number, value in enumerate(dict.fromkeys(values))}
        if 2 * len(places) < len(values):
            return {"of": list(places), "at": [places[value] for value in values]}
    return {"all": values}


def _details(rows: Sequence[Row]) -> Iterator[list[Row]]:
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        yield [{name: value for name, value in row.items() if name not in _SHOWN} for row in part]


def _element(name: str, content: Any) -> str:
    packed = gzip.compress(msgspec.json.encode(content), compresslevel=_LEVEL, mtime=0)
    return f'<script id="{name}" type="application/gzip">{base64.b64encode(packed).decode()}</script>'
