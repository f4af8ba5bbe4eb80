from __future__ import annotations

import itertools

import pytest

from praxi_tasks.findings.packages.version_order import parse_version

ORDERS = [
    ["3.12", "3.12.4", "3.13.0a1", "3.13.0b2", "3.13.0rc1", "3.13.0rc10", "3.13.0", "3.13.1", "4"],
    ["8.0.0-preview.7.21377.19", "8.0.0-rc.1", "8.0.0", "8.0.382", "17.0.8", "17.0.8.1", "21-ea", "21"],
    ["8.3.0RC1", "8.3.0RC6", "8.3.0", "8.3.8"],
    ["1.9.5", "1.9.5p1", "1.9.5p2", "1.9.6"],
]


@pytest.mark.parametrize("order", ORDERS)
def test_what_comes_before_a_release_is_below_it(order: list[str]) -> None:
    parsed = [version for text in order if (version := parse_version("generic", text))]
    assert len(parsed) == len(order)
    assert all(low < high for low, high in itertools.combinations(parsed, 2))


@pytest.mark.parametrize(
    ("left", "right"),
    [("21", "21.0.0"), ("3.12.4+", "3.12.4"), ("v22.3.0", "22.3.0"), ("16.2.0-3", "16.2.0")],
)
def test_equal_spellings(left: str, right: str) -> None:
    assert parse_version("generic", left) == parse_version("generic", right)


@pytest.mark.parametrize("text", ["", "none", "1..2", "-1"])
def test_what_is_no_version(text: str) -> None:
    assert parse_version("generic", text) is None
