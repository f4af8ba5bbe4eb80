"""Translates HTTP status codes and network errors into typed errors."""

from __future__ import annotations

from typing import Any, Final

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
    401: (UnauthorizedError, "check the credentials of this registry in the pull secret or config.json"),
    403: (ForbiddenError, "give the credentials leave to pull this repository"),
    404: (NotFoundError, "check the repository and the tag or digest"),
    407: (ImageError, "put the proxy's user and password into HTTP_PROXY, escaped as in any URL"),
    410: (NotFoundError, "check the repository and the tag or digest"),
    412: (ForbiddenError, "the registry's policy keeps it from being pulled: except this account or image"),
    413: (ImageError, "let the proxy before the registry pass bodies of that size"),
}
_REFUSED: Final = frozenset({400, 401, 403})
_ELSEWHERE: Final = "ask whoever runs the registry why the place that it leads to refuses what it signed"
_WORDS: Final = ("message", "error_description", "details", "detail", "error")
_BEGINNING: Final = 256
_OF_MANIFESTS: Final = frozenset({"schemaVersion", "config", "layers", "manifests"})
_ABSENT: Final = ("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND")


def status_error(response: BaseHTTPResponse, where: str, *, quoted: bool, moved: bool = False) -> ImageError:
    """Return the error that a response with an error status means; the response is used up.

    Parameters
    ----------
    quoted
        Whether the error may say what the body says: of a host that nobody named, it must not.
    moved
        Whether the registry led to the host that refuses.
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
    return kind(what, where=where, action=_ELSEWHERE if moved and response.status in _REFUSED else action)


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
    text = _said(_fields(body))
    return f" ({text})" if text else ""


def error_served(body: bytes, where: str) -> ImageError | None:
    """Return the error that a registry serves with a success in place of a manifest; None of a manifest."""
    found = _fields(body) if b'"errors"' in body[:_BEGINNING] else {}
    if not found.get("errors") or found.keys() & _OF_MANIFESTS:
        return None
    what = f"the registry answered with an error in place of a manifest ({_said(found)})"
    absent = any(code in what for code in _ABSENT)
    return (NotFoundError if absent else ImageError)(
        what, where=where, action="check the repository and the tag or digest, and the credentials"
    )


def _said(found: dict[str, Any]) -> str:
    """Return what a document of a registry or token service says of an error; empty if it is none.

    The specification's is a list of codes and messages; some leave codes out, others have a text alone.
    """
    errors = found.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else found
    if not isinstance(first, dict):
        return ""
    texts = [text for name in _WORDS if isinstance(text := first.get(name), str) and text]
    code = first.get("code")
    return printable(": ".join([*([code] if isinstance(code, str) else []), *texts[:1]]), _SHOWN)


def _fields(body: bytes) -> dict[str, Any]:
    try:
        found = decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
