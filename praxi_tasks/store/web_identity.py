"""The session that a pod's own token opens, by a role and no static key: AssumeRoleWithWebIdentity.

obstore reads the token's file and asks for a session whenever one is needed, so that a token that is
renewed is seen. Here it is told whom to ask, and what comes back is explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from praxi_tasks.environment import public_url, read, read_text
from praxi_tasks.errors import PraxiError, StoreError, StoreSessionError, StoreUnavailableError, UsageError
from praxi_tasks.trust import certificate_problem

if TYPE_CHECKING:
    from obstore.store import S3Config

    from praxi_tasks.store.refusal import Refusal

TOKEN_FILE: Final = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - a variable's name
ROLE: Final = "AWS_ROLE_ARN"
_ENDPOINT: Final = "AWS_ENDPOINT_URL_STS"
_GENERAL: Final = "AWS_ENDPOINT_URL"
_KEY: Final = "AWS_ACCESS_KEY_ID"
_AMAZON: Final = (".amazonaws.com", ".amazonaws.com.cn")
# How obstore's texts tell a request for a session, whose URL holds the token, from one of the store.
_ASKED: Final = ("performing POST REDACTED", "Failed to read token file")
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException"})
_TOKEN: Final = frozenset({"InvalidIdentityToken", "InvalidParameterValue", "IDPRejectedClaim"})
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "NoSuchEntity"})


def is_used() -> bool:
    """Return whether a token's file stands for the credentials; a static key goes before it."""
    return bool(read_text(TOKEN_FILE)) and not read_text(_KEY)


def session_config() -> S3Config:
    """Return what obstore must know to ask for sessions; nothing where none is to be asked for.

    The service is the one of ``AWS_ENDPOINT_URL_STS``, or else of ``AWS_ENDPOINT_URL``, which stands for all
    services: servers that are not AWS's have both at one address.

    Raises
    ------
    UsageError
        If there is no role, or the token would be sent over plain HTTP.
    """
    if not is_used():
        return {}
    if not read_text(ROLE):
        raise UsageError(
            "there is a web identity's token, and no role to take on with it",
            where=TOKEN_FILE,
            action=f"set {ROLE}",
        )
    endpoint = read(_ENDPOINT, public_url, "")
    if not endpoint:
        general = read(_GENERAL, public_url, "")
        endpoint = "" if (urlsplit(general).hostname or "").endswith(_AMAZON) else general
    if endpoint.startswith("http://"):
        raise UsageError(
            "the session service must be asked over https: the token is sent to it",
            where=endpoint,
            action=f"set {_ENDPOINT} to a URL of https, and PRAXI_CA_BUNDLE if its authority is your own",
        )
    # As obstore itself calls it, whose types call it otherwise.
    return {"endpoint_url_sts": endpoint} if endpoint else {}  # type: ignore[typeddict-unknown-key]


def session_error(error: Exception, said: Refusal, where: str) -> PraxiError | None:
    """Return why there is no session, if that is what an error of obstore says.

    Parameters
    ----------
    said
        What the server answered.
    where
        The URI of what was asked for.
    """
    text = str(error)
    if not is_used() or not any(sign in text for sign in _ASKED):
        return None
    if problem := certificate_problem(error, "session service"):
        return StoreError(problem.what, where=where, action=problem.action)
    if _ASKED[1] in text:
        return StoreError(
            "the web identity's token can't be read",
            where=read_text(TOKEN_FILE),
            action="mount it by a projected volume (docs/identity.md)",
        )
    if said.code in _EXPIRED:
        return StoreSessionError(
            f"the web identity's token has expired ({said})",
            where=read_text(TOKEN_FILE),
            action="mount it by a projected volume, which the kubelet renews, and set clocks by NTP",
        )
    if said.code in _TOKEN:
        return StoreError(
            f"the session service does not take the token ({said})",
            where=where,
            action="let it know the cluster's issuer, and give the token the audience that it expects",
        )
    if said.code in _REFUSED or said.status in {401, 403, 404}:
        return StoreError(
            f"the session service does not give this identity the role ({said})",
            where=where,
            action=f"check {ROLE}, and that its trust policy names system:serviceaccount:NAMESPACE:ACCOUNT",
        )
    what = f"can't answer now ({said})" if said.status else "can't be reached"
    return StoreUnavailableError(
        f"the session service {what}", where=where, action=f"check {_service()}, and the network policy"
    )


def _service() -> str:
    """Return where the address of the session service comes from."""
    given: Mapping[str, str] = {name: read_text(name) for name in (_ENDPOINT, _GENERAL)}
    return next((name for name, text in given.items() if text), "AWS_REGION")
