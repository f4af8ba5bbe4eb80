"""Translates errors of an S3 client into typed errors that say what the server said, and what to correct."""

from __future__ import annotations

import re
from typing import Final

from praxi_tasks.environment import read_text
from praxi_tasks.errors import (
    KeyNotFoundError,
    PraxiError,
    StoreError,
    StoreSessionError,
    StoreUnavailableError,
)
from praxi_tasks.printable import printable
from praxi_tasks.store.refusal import Refusal
from praxi_tasks.store.web_identity import ROLE, is_used, session_error
from praxi_tasks.trust import certificate_problem

_CREDENTIAL_SERVICES: Final = ("//169.254.", "//[fd00:ec2::", "/latest/api/token", "/latest/meta-data/")
_ANY_OF: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_ODD_NAME: Final = re.compile(r"Encountered object with invalid path: (.*)")
_ODD_ANSWER: Final = re.compile(r"Got invalid [a-z ]+ response|response body error")
_NO_TUNNEL: Final = re.compile(r"\b(?:Tunnel|Proxy)\w*(?:Unsuccessful|Required)\b")
_NO_TLS: Final = re.compile(r"InvalidContentType|CorruptMessage")
_PROXIES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_FULL: Final = re.compile(
    r"quota|storagefull|insufficient(storage|capacity)|cap_?exceeded|toomanyobjects", re.IGNORECASE
)
_PASSING: Final = frozenset({408, 425, 429, *range(500, 600)}) - {501, 505, 507, 511}
_SLOWER: Final = frozenset(
    {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling"}
)
_UNKNOWN: Final = frozenset({"NotImplemented", "MethodNotAllowed", "UnsupportedOperation"})
_SESSION: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_CLOCK: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
_REGIONS: Final = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "TemporaryRedirect",
        "Redirect",
        "InvalidRegion",
    }
)
_KEYS: Final = frozenset(
    {"InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "InvalidSecurity", "NotSignedUp"}
)
_SHOWN: Final = 300
_TAKEN: Final = frozenset({"AlreadyExistsError", "PreconditionError"})  # obstore's, which is imported late


def translate(error: Exception, where: str, source: str = "", *, conditional: bool = False) -> PraxiError:
    """Return this project's error for one of obstore's.

    Parameters
    ----------
    where
        The URI of what was asked for.
    source
        Where credentials and addresses come from; empty for the ``AWS_*`` variables.
    conditional
        Whether the request was to be done only if there is no such object.
    """
    said = Refusal.of(error)
    without = _no_credentials(error, where) or (None if source else session_error(error, said, where))
    if without is not None:
        return without
    if said.code == "NoSuchBucket":
        return no_bucket(where)
    if isinstance(error, FileNotFoundError):
        return KeyNotFoundError(
            "nothing is stored under this key", where=where, action="check the store's URI"
        )
    if conditional and not said.is_conflict and type(error).__name__ in _TAKEN:
        what = f"the store says that the key is taken, and has nothing under it ({said})"
        return StoreUnavailableError(what, where=where, action="try again later")
    if said.status or said.code:
        return _refused(said, where, source, conditional=conditional)
    return _unanswered(error, where, source)


def _refused(said: Refusal, where: str, source: str, *, conditional: bool) -> PraxiError:
    if said.is_conflict:
        what = f"another write of the same key was going on ({said})"
        return StoreUnavailableError(what, where=where, action="try again later")
    if _FULL.search(said.code) or said.status == 507:
        what = f"the store is full, or its quota is used up ({said})"
        return StoreError(what, where=where, action="make room in it or raise the bucket's quota")
    if said.code == "InvalidObjectState":
        what = f"the object is in an archive, and can't be read there ({said})"
        return StoreError(what, where=where, action="restore it, and take the bucket's lifecycle rule away")
    if problem := _credentials(said, where, source) or _place(said, where, source):
        return problem
    if said.status in _PASSING or said.code in _SLOWER:
        return StoreUnavailableError(
            f"the store can't answer now ({said})", where=where, action="try again later"
        )
    if said.status == 501 or said.code in _UNKNOWN:
        return _unknown_request(said, where, conditional=conditional)
    return StoreError(
        f"the store refused the request ({said})",
        where=where,
        action=f"check {source or 'AWS_ENDPOINT_URL'} and the bucket's rules",
    )


def _credentials(said: Refusal, where: str, source: str) -> StoreError | None:
    """Return the error of a request whose sender is not let in, if it is one."""
    if said.code in _SESSION:
        return StoreSessionError(
            f"the session with the store has expired ({said})",
            where=where,
            action=f"renew the session token in {source or 'AWS_SESSION_TOKEN'}, or use a web identity",
        )
    if said.code in _CLOCK:
        what = f"this machine's clock and the store's are too far apart ({said})"
        return StoreError(what, where=where, action="set the clocks of the nodes by NTP")
    if said.code == "AccessDenied":
        return StoreError(
            f"the store's identity may not do this ({said})",
            where=where,
            action=f"give that of {source or _identity()} the policy that praxi rights prints",
        )
    if said.code in _KEYS or said.status in {401, 403}:
        action = "check " + (source or "the store's secret")
        return StoreError(f"the store refused the credentials ({said})", where=where, action=action)
    return None


def _identity() -> str:
    return ROLE if is_used() else "AWS_ACCESS_KEY_ID"


def _place(said: Refusal, where: str, source: str) -> StoreError | None:
    """Return the error of a request that another region or address would have answered, if it is one."""
    if said.code not in _REGIONS and said.status not in {301, 302, 303, 307, 308}:
        return None
    setting = source or "AWS_REGION"
    action = f"set {setting} to {said.region}" if said.region else f"correct {setting}"
    return StoreError(f"the bucket is in another region ({said})", where=where, action=action)


def _unknown_request(said: Refusal, where: str, *, conditional: bool) -> StoreError:
    what = "conditional writes (If-None-Match)" if conditional else "this request"
    return StoreError(
        f"the store does not know {what} ({said})",
        where=where,
        action="use a store that does all that docs/kubernetes.md lists; praxi doctor tries it",
    )


def _unanswered(error: Exception, where: str, source: str) -> PraxiError:
    text = str(error)
    if "extract metadata from headers" in text:
        return StoreError(
            "what answers is no S3: the answer has no ETag",
            where=where,
            action=f"check {source or 'AWS_ENDPOINT_URL'}",
        )
    if odd := _ODD_NAME.search(text):
        return StoreError(
            f"an object there has a name that no store's key has: {printable(odd[1], _SHOWN)}",
            where=where,
            action="move it away: whoever else writes there needs a prefix of its own",
        )
    if _ODD_ANSWER.search(text):
        return StoreUnavailableError(
            "the store's answer is empty, breaks off or is no S3's",
            where=where,
            action=f"try again later; see what is between here and {source or 'AWS_ENDPOINT_URL'}",
        )
    if problem := certificate_problem(error, "store"):
        return StoreError(problem.what, where=where, action=problem.action)
    if _NO_TLS.search(text):
        return StoreError(
            "the store does not speak TLS", where=where, action=f"use http in {source or 'AWS_ENDPOINT_URL'}"
        )
    if _NO_TUNNEL.search(text):
        return StoreUnavailableError(
            "the proxy gives no way to the store",
            where=where,
            action="check that it takes the account in HTTPS_PROXY and lets one to the host, or set NO_PROXY",
        )
    through = ", or the proxy: HTTPS_PROXY and NO_PROXY are set" if any(map(read_text, _PROXIES)) else ""
    return StoreUnavailableError(
        f"the store can't be reached ({type(error).__name__})",
        where=where,
        action=f"check {source or 'AWS_ENDPOINT_URL'}{through}",
    )


def _no_credentials(error: Exception, where: str) -> StoreUnavailableError | None:
    """Return the error of a service of credentials at an address of the node's, if it is one."""
    text = str(error)
    if not any(place in text for place in _CREDENTIAL_SERVICES):
        return None
    if any(map(read_text, _ANY_OF)):
        return StoreUnavailableError(
            "the service that hands out this pod's credentials does not answer as it should",
            where=where,
            action="check the role of its service account, and that the network policy lets it be reached",
        )
    return StoreUnavailableError(
        "there are no credentials for the store",
        where=where,
        action="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them",
    )


def no_bucket(where: str) -> StoreError:
    """Return the error for a bucket that does not exist."""
    return StoreError("there is no such bucket", where=where, action="create it, or correct the URI")
