"""Translates HTTP status codes and network errors into typed errors."""

from __future__ import annotations

from typing import Final

import msgspec
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from praxi_tasks.errors import (
    ForbiddenError,
    ImageError,
    NotFoundError,
    RegistryUnavailableError,
    UnauthorizedError,
)
from praxi_tasks.http import PASSING, PREFIX, explain, retry_after
from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import printable

MAX_ERROR_BYTES: Final = 64 << 10
_SHOWN: Final = 200
_KINDS: Final[dict[int, tuple[type[ImageError], str]]] = {
    401: (UnauthorizedError, "add credentials of this registry to the pull secret"),
    403: (ForbiddenError, "give the credentials leave to pull this repository"),
    404: (NotFoundError, "check the repository and the tag or digest"),
    410: (NotFoundError, "check the repository and the tag or digest"),
}


def status_error(response: BaseHTTPResponse, where: str, *, quoted: bool) -> ImageError:
    """Return the error that a response with an error status means; the response is used up.

    Parameters
    ----------
    quoted
        Whether the error may say what the body says: of a host that nobody named, it must not.
    """
    said = _explanation(response)
    what = f"the registry answered {response.status}{said if quoted else ''}"
    if response.status in PASSING:
        return RegistryUnavailableError(
            what,
            where=where,
            action="try again later",
            retry_after=retry_after(response.headers),
        )
    kind, action = _KINDS.get(response.status, (ImageError, "ask whoever runs the registry"))
    return kind(what, where=where, action=action)


def network_error(error: HTTPError, where: str) -> ImageError:
    """Return the error that a failed exchange means; an untrusted certificate is final."""
    failure = explain(error, "registry")
    if failure.retryable:
        return RegistryUnavailableError(failure.what, where=where, action=failure.action)
    action = failure.action
    if "does not speak TLS" in failure.what:
        action = f"add its host to {PREFIX}PLAIN_HTTP if plain HTTP is acceptable"
    return ImageError(failure.what, where=where, action=action)


def _explanation(response: BaseHTTPResponse) -> str:
    """Return what the body says about the error, from its first 64 KiB."""
    try:
        body = response.read(MAX_ERROR_BYTES)
    except HTTPError:
        return ""
    finally:
        response.close()
    try:
        first = decode(body)["errors"][0]
        text = f"{first['code']}: {first.get('message', '')}"
    except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError, AttributeError):
        return ""
    return f" ({printable(text, _SHOWN)})"
