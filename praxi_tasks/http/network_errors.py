"""Explains why a server could not be reached, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from urllib3.exceptions import (
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    ResponseError,
    SSLError,
    TimeoutError,  # noqa: A004 - urllib3's name
)

from praxi_tasks.http.addresses import ForbiddenAddressError
from praxi_tasks.http.settings import PREFIX
from praxi_tasks.trust import certificate_problem


class NetworkFailure(NamedTuple):
    """What failed, what to do about it, and whether trying again may help."""

    what: str
    action: str
    retryable: bool = True


def explain(error: HTTPError, server: str = "server") -> NetworkFailure:
    """Return what an error of urllib3 means.

    Parameters
    ----------
    error
        The error; one that several attempts ended in stands for the last of them.
    server
        What the server is to the reader: ``registry``, for instance.
    """
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, SSLError) and (problem := certificate_problem(cause, server)):
        return NetworkFailure(problem.what, problem.action, retryable=False)
    if isinstance(cause, ForbiddenAddressError):
        action = f"add its host to {PREFIX}INTERNAL_HOSTS if it may be asked"
        return NetworkFailure("refused to follow to an internal address", action, retryable=False)
    if isinstance(cause, SSLError) and "WRONG_VERSION_NUMBER" in str(cause):
        return NetworkFailure(f"the {server} does not speak TLS", "use http in its URL", retryable=False)
    return NetworkFailure(_what(cause, server), "check the network and try again later")


def _what(cause: Exception, server: str) -> str:
    if isinstance(cause, ProxyError):
        return "the proxy can't be reached"
    if isinstance(cause, NewConnectionError):  # urllib3 counts a refused connection as a timeout
        return f"the {server} can't be reached"
    if isinstance(cause, TimeoutError):
        return f"the {server} did not answer in time"
    if isinstance(cause, ResponseError) and "redirect" in str(cause):
        return f"the {server} redirects too often"
    return f"the connection to the {server} failed ({type(cause).__name__})"
