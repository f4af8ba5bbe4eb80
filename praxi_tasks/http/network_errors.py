"""Explains why a server could not be reached, and what to do about it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

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


_TUNNEL: Final = re.compile(r"Tunnel connection failed: (\d{3})")
_NO_ACCOUNT: Final = 407
_FORBIDDEN: Final = frozenset({400, 401, 403, 405, 451})
_CLIENT: Final = NetworkFailure(
    "wants a certificate of its clients",
    "ask whoever runs it to let clients in by a token or password",
    retryable=False,
)
_OLD: Final = NetworkFailure(
    "speaks no version of TLS that is safe", "have TLS 1.2 or later switched on there", retryable=False
)
# What OpenSSL says in the reason of its errors.
_NO_TLS: Final = {
    "WRONG_VERSION_NUMBER": NetworkFailure("does not speak TLS", "use http in its URL", retryable=False),
    "CERTIFICATE_REQUIRED": _CLIENT,
    "UNSUPPORTED_PROTOCOL": _OLD,
    "ALERT_PROTOCOL_VERSION": _OLD,
}


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
    if isinstance(cause, SSLError) and (refused := _refusal(cause, server)):
        return refused
    if isinstance(cause, ProxyError) and (found := _TUNNEL.search(str(cause))):
        return _proxy_failure(int(found[1]), server)
    return NetworkFailure(_what(cause, server), "check the network and try again later")


def _proxy_failure(status: int, server: str) -> NetworkFailure:
    """Return what it means that a proxy was asked for a server by TLS, and answered with a status."""
    if status == _NO_ACCOUNT:
        action = "put its user and password into HTTPS_PROXY, escaped as in any URL"
        return NetworkFailure(f"the proxy does not know who asks ({status})", action, retryable=False)
    if status in _FORBIDDEN:
        action = "have the host allowed there, or name it in NO_PROXY"
        return NetworkFailure(f"the proxy lets nobody to the {server} ({status})", action, retryable=False)
    action = "check that the proxy can resolve and reach the host; else name it in NO_PROXY"
    return NetworkFailure(f"the proxy does not reach the {server} ({status})", action)


def _refusal(cause: SSLError, server: str) -> NetworkFailure | None:
    """Return why there is no TLS with a server, where no other try can help."""
    text = str(cause)
    found = next((failure for sign, failure in _NO_TLS.items() if sign in text), None)
    return found and found._replace(what=f"the {server} {found.what}")


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
