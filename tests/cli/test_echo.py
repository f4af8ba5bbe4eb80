"""Numbers as lines have them."""

from __future__ import annotations

import pytest

from praxi_tasks.cli.echo import amount, megabytes


def test_one_is_no_plural() -> None:
    assert [amount(number, "part") for number in (0, 1, 2_000)] == ["0 parts", "1 part", "2,000 parts"]


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 MB"),
        (1, "0.001 MB"),
        (640, "0.001 MB"),
        (9_400, "0.009 MB"),
        (48_520, "0.05 MB"),
        (100_000, "0.1 MB"),
        (43_210_000, "43.2 MB"),
        (2_500_000_000, "2,500.0 MB"),
    ],
)
def test_a_small_size_is_not_nothing(size: int, told: str) -> None:
    assert megabytes(size) == told
