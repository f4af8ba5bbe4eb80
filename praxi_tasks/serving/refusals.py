"""What the service refuses, as typed errors: each knows its HTTP status, and is told as JSON."""

from __future__ import annotations

from typing import ClassVar

from praxi_tasks.errors import (
    AdmissionError,
    ConflictError,
    DataError,
    EventError,
    InvalidReferenceError,
    KeyNotFoundError,
    LostUnitError,
    PraxiError,
    UsageError,
)

_STATUS = {
    UsageError: 400,
    DataError: 400,
    AdmissionError: 400,
    InvalidReferenceError: 400,
    KeyNotFoundError: 404,
    ConflictError: 409,
    LostUnitError: 422,
    EventError: 422,
}


class RequestError(PraxiError):
    """A request can't be understood: it must change."""

    code = "bad-request"
    status: ClassVar[int] = 400


class UnknownError(RequestError):
    """There is no such model, version or audit."""

    code = "unknown"
    status = 404


class TooLargeError(RequestError):
    """A request's body is over the limit; the message names the setting."""

    code = "too-large"
    status = 413


class EncodingError(RequestError):
    """A body is compressed, or of another media type than the route takes."""

    code = "unsupported-media-type"
    status = 415


class UnauthenticatedError(RequestError):
    """A request has no token, or one that nobody vouches for."""

    code = "unauthenticated"
    status = 401


class NotAllowedError(RequestError):
    """Who asks is known, and not allowed to; or what is asked for is not allowed to anybody."""

    code = "not-allowed"
    status = 403


class BusyError(RequestError):
    """The queue is full, or a rate is reached: ask again after so many seconds."""

    code = "busy"
    status = 429
    retryable = True

    def __init__(self, what: str, *, where: str = "", action: str = "", retry_after: int = 1) -> None:
        super().__init__(what, where=where, action=action or f"try again in {retry_after} s")
        self.retry_after = retry_after


class UnavailableError(RequestError):
    """The service can't answer now: it starts, ends, or what it stands on is down."""

    code = "unavailable"
    status = 503
    retryable = True


class DeadlineError(RequestError):
    """The answer was not there by the time that the request allowed."""

    code = "deadline"
    status = 504
    retryable = True


def status_of(error: PraxiError) -> int:
    """Return the HTTP status that tells an error best."""
    if isinstance(error, RequestError):
        return error.status
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), _of_others(error))


def _of_others(error: PraxiError) -> int:
    return 503 if error.retryable else 500
