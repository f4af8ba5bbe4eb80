from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import pytest

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.errors import NotFoundError, RegistryUnavailableError, StoreUnavailableError


def _raise(error: Exception) -> None:
    raise error


def test_a_typed_error_becomes_a_failure_with_its_advice() -> None:
    failure = attempt(
        lambda: _raise(NotFoundError("no such tag", where="r/a:1", action="check the tag")), "r/a:1"
    )
    assert failure == Failure("not-found", "no such tag (r/a:1); check the tag", retryable=False)


def test_what_may_pass_is_marked() -> None:
    failure = attempt(lambda: _raise(RegistryUnavailableError("503")), "r/a:1")
    assert isinstance(failure, Failure)
    assert failure.retryable


def test_a_defect_fails_its_image_and_is_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        failure = attempt(lambda: _raise(ZeroDivisionError("oops")), "layer 7")
    assert isinstance(failure, Failure)
    assert failure.code == "internal"
    assert "oops" in failure.message
    assert caplog.records[0].exc_info is not None


def test_a_store_that_is_down_stops_everything() -> None:
    with pytest.raises(StoreUnavailableError):
        attempt(lambda: _raise(StoreUnavailableError("down")), "x")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RecursionError("deep"), "too-deep"),
        (MemoryError(), "out-of-memory"),
        ("\udcff".encode, "bad-text"),
        (OverflowError("big"), "bad-number"),
        (IndexError("gone"), "internal"),
    ],
)
def test_errors_that_bytes_provoke_are_told_apart(error: Exception | Callable[[], bytes], code: str) -> None:
    failure = attempt(error if callable(error) else partial(_raise, error), "x")
    assert isinstance(failure, Failure)
    assert failure.code == code


def test_a_message_is_one_printable_line() -> None:
    failure = attempt(lambda: _raise(NotFoundError("\x1b[2J\ngone \udcff", where="r/a:1")), "r/a:1")
    assert isinstance(failure, Failure)
    assert failure.message == "\\x1b[2J gone \\udcff (r/a:1)"
