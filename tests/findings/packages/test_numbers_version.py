from __future__ import annotations

import pytest

from praxi_tasks.findings.packages.numbers_version import NumbersVersion


@pytest.mark.parametrize(
    ("older", "newer"), [("1.9", "1.10"), ("1.2-3", "1.2.10"), ("1.2", "1.2.0"), ("0.99", "1-0")]
)
def test_numbers_are_compared_one_by_one(older: str, newer: str) -> None:
    assert NumbersVersion(older) < NumbersVersion(newer)
    assert NumbersVersion("1.2-3") == NumbersVersion("1.2.3")


@pytest.mark.parametrize("text", ["", "1.", "v1", "1.0rc1", "1..2", "\u0661"])
def test_what_is_no_version(text: str) -> None:
    assert not NumbersVersion.is_valid(text)
