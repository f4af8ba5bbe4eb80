"""Python's core metadata, the headers that describe a distribution: wherever they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.stanzas import read_stanzas

_FIELDS: Final = frozenset((b"name", b"version"))
_HEADERS_END: Final = re.compile(rb"\r?\n\r?\n")
_EXPRESSION: Final = re.compile(rb"^License-Expression:[ \t]*(.+)", re.MULTILINE | re.IGNORECASE)
_FREE: Final = re.compile(rb"^License:[ \t]*(.+)(\n[ \t])?", re.MULTILINE | re.IGNORECASE)
_CLASSIFIER: Final = re.compile(
    rb"^Classifier:[ \t]*License ::(?: OSI Approved ::)?[ \t]*(.+)", re.MULTILINE | re.IGNORECASE
)
_LONGEST_NAME: Final = 200  # characters of a free field; a longer one is the text of a licence


def read_core_metadata(metadata: bytes, database: str, files: tuple[str, ...] = ()) -> Claim:
    """Return the distribution that core metadata describe.

    Raises
    ------
    DataError
        If they name none.
    """
    fields = next(read_stanzas(metadata, _FIELDS), {})
    if not fields.get("name") or not fields.get("version"):
        raise DataError("it has no name or no version")
    return Claim(
        ecosystem=PYPI.purl_type,
        name=PYPI.normalise(fields["name"]),
        version=fields["version"],
        database=database,
        files=files,
        licences=stated(_licences(metadata)),
    )


def _licences(metadata: bytes) -> Iterator[str]:
    """Yield what core metadata say of licences: the expression, else the classifiers, else the free field.

    The free field of old releases may hold the whole text of a licence, which names none.
    """
    head = _HEADERS_END.split(metadata, maxsplit=1)[0]
    if found := _EXPRESSION.search(head):
        yield text(found[1])
        return
    classifiers = [text(name) for name in _CLASSIFIER.findall(head)]
    yield from classifiers
    free = _FREE.search(head)
    if free and not classifiers and not free[2] and len(free[1]) <= _LONGEST_NAME:
        yield text(free[1])
