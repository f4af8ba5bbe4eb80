"""When support of distributions and language runtimes ends, for products that no feed covers.

The table that Praxi ships is ``tables/end-of-life.json``; it names its sources and the day it was true. A
file ``end-of-life/<product>.json`` in the feeds folder, in the form of https://endoflife.date, replaces a
product's part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.json_decoding import decode

Cycles = Mapping[str, str]
FOLDER: Final = "end-of-life/"
# distro-info-data has more about these.
DISTRO_INFO: Final = ("debian", "ubuntu")
# What endoflife.date calls some products that are called otherwise here.
SLUGS: Final = {
    "rocky": "rocky-linux",
    "amzn": "amazon-linux",
    "ol": "oracle-linux",
    "opensuse-leap": "opensuse",
    "java": "amazon-corretto",
}


class Product(msgspec.Struct, frozen=True):
    """A product's release cycles and the day (ISO 8601) on which support of each ends, oldest first.

    ``extended`` are the days on which long-term support ends, of the cycles that have one.
    """

    kind: Literal["distribution", "runtime"]
    source: str
    cycles: dict[str, str]
    extended: dict[str, str] = {}


class Table(msgspec.Struct, frozen=True):
    """The products of the shipped table, by the names that ``os-release`` or Praxi gives them."""

    as_of: str
    products: dict[str, Product]

    def of_kind(self, kind: str) -> dict[str, Product]:
        """Return the products of a kind."""
        return {name: product for name, product in self.products.items() if product.kind == kind}


class _Cycle(msgspec.Struct):
    cycle: str | int | float
    eol: Any


@cache
def shipped_table() -> Table:
    """Return the table that is part of this release."""
    place = resources.files("praxi_tasks.findings.feeds") / "tables" / "end-of-life.json"
    return decode(place.read_bytes(), Table)


def read_cycles(data: bytes, where: str) -> Cycles:
    """Read a product's cycles in the form of endoflife.date; those without a day yet are left out.

    Raises
    ------
    DataError
        If it has another form, or no cycle has a date.
    """
    try:
        listed = decode(data, list[_Cycle])
        ends = {str(item.cycle): date.fromisoformat(item.eol) for item in listed if isinstance(item.eol, str)}
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"not a list of release cycles: {error}", where=where, action="mirror it again"
        ) from error
    if not ends:
        raise DataError("no release cycle has an end", where=where, action="mirror it again")
    return {cycle: ends[cycle].isoformat() for cycle in sorted(ends, key=lambda cycle: ends[cycle])}
