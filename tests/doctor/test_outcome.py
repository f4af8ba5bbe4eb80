"""What an examination comes to."""

from __future__ import annotations

import pytest

from praxi_tasks.doctor import Outcome, attempt, ending, skipped
from praxi_tasks.errors import StoreError, StoreUnavailableError


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([], 0),
        (["ok", "warning", "skipped"], 0),
        (["ok", "unavailable"], 75),
        (["unavailable", "failed", "ok"], 3),
    ],
)
def test_the_exit_code(statuses: list[str], code: int) -> None:
    assert ending([Outcome("x", status, "") for status in statuses]) == code  # type: ignore[arg-type]


def test_an_error_says_what_where_and_what_to_do() -> None:
    def refuse() -> str:
        raise StoreError("it is full", where="s3://b", action="make room")

    def vanish() -> str:
        raise StoreUnavailableError("it is away")

    assert attempt("store", refuse) == Outcome("store", "failed", "it is full (s3://b)", "make room")
    assert attempt("store", vanish) == Outcome("store", "unavailable", "it is away")
    assert attempt("store", lambda: "fine") == Outcome("store", "ok", "fine")
    assert skipped("store", "why") == Outcome("store", "skipped", "why")
