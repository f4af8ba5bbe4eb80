from __future__ import annotations

import logging

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
