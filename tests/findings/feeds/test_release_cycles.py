from __future__ import annotations

from datetime import date

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.mirror import end_of_life_sources
from praxi_tasks.findings.feeds.release_cycles import read_cycles, shipped_table


def test_the_shipped_table_is_in_order() -> None:
    table = shipped_table()
    assert date.fromisoformat(table.as_of)
    assert all(product.source.startswith("https://") for product in table.products.values())
    assert all(
        date.fromisoformat(day) for product in table.products.values() for day in product.cycles.values()
    )
    assert all(product.extended.keys() <= product.cycles.keys() for product in table.products.values())


def test_products_are_mirrored_by_the_names_the_site_has() -> None:
    sources = end_of_life_sources("https://eol.example/api/")
    assert sources["end-of-life/rocky.json"] == "https://eol.example/api/rocky-linux.json"
    assert sources["end-of-life/python.json"] == "https://eol.example/api/python.json"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'[{"cycle": "1", "eol": "soon"}]', b'[{"eol": "2020-01-01"}]']
)
def test_what_tells_no_cycles_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        read_cycles(data, "x")
