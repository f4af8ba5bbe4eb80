"""Answers a challenge with an ``Authorization`` header: Basic, or a Bearer token from the realm."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec

from praxi_tasks.errors import ImageError, UnauthorizedError
from praxi_tasks.http import PREFIX, hostname, redact_url, same_site
from praxi_tasks.json_decoding import decode
from praxi_tasks.oci.registry.challenge import Challenge
from praxi_tasks.oci.registry.credentials import Credentials
from praxi_tasks.oci.registry.retry import retrying
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.small_bodies import read_document
from praxi_tasks.oci.registry.transport import Transport

_MAX_ANSWER_BYTES: Final = 1 << 20
_DEFAULT_SECONDS: Final = 60.0
_LONGEST_SECONDS: Final = 86400.0
_SCOPE: Final = re.compile(
    r"[a-z]+(?:\([a-z0-9]+\))?:(?P<name>[A-Za-z0-9][A-Za-z0-9._:/-]*|\*):[a-z*,]+", re.ASCII
)
_PLACEHOLDERS: Final = frozenset({"user/image", "name", "repository", "null", "undefined"})
# A token that is about to expire is asked anew, so that it does not expire on its way.
_MARGIN_SECONDS: Final = 10
_CLIENT_ID: Final = "praxi"


@dataclass(frozen=True)
class Authorization:
    """A header's value and when (``time.monotonic()``) it expires; None is never."""

    header: str
    expires_at: float | None = None

    def __repr__(self) -> str:
        return f"<authorization until {self.expires_at}>"

    @property
    def is_valid(self) -> bool:
        """Whether the header may still be sent."""
        return self.expires_at is None or time.monotonic() < self.expires_at


class TokenClient:
    """Answer challenges with credentials."""

    def __init__(self, transport: Transport, settings: RegistrySettings) -> None:
        self._transport = transport
        self._settings = settings

    def authorize(
        self, challenges: list[Challenge], credentials: Credentials, scope: str, where: str
    ) -> Authorization:
        """Return an authorization for ``scope`` by the best of the challenges.

        Parameters
        ----------
        where
            The URL that the registry asked for credentials at. They go to a realm of the same site only, or
            to one that the setting ``token_hosts`` names.

        Raises
        ------
        UnauthorizedError
            If no challenge can be answered, the realm is of another site, or it refuses the credentials.
        RegistryUnavailableError
            If the realm can't answer now.
        """
        by_scheme = {challenge.scheme: challenge for challenge in reversed(challenges)}
        if "bearer" in by_scheme:
            return self._bearer(by_scheme["bearer"], credentials, scope, where)
        if "basic" in by_scheme and credentials.basic():
            return Authorization(credentials.basic())
        raise UnauthorizedError(
            "the registry asks for credentials, and there are none for it",
            where=where,
            action="add its host to the pull secret or config.json",
        )

    def _bearer(
        self, challenge: Challenge, credentials: Credentials, scope: str, where: str
    ) -> Authorization:
        if credentials.registry_token:
            return Authorization(_bearer_header(credentials.registry_token, where))
        realm = challenge.parameters.get("realm", "")
        if not realm.startswith(("https://", "http://")):
            raise UnauthorizedError(
                "the registry names no place to get a token from",
                where=where,
                action="ask whoever runs the registry",
            )
        registry = urlsplit(where).hostname or ""
        if credentials:
            self._require_site(registry, realm)
        service = challenge.parameters.get("service", "")
        scopes = _scopes(challenge.parameters.get("scope", ""), scope)

        def ask(wanted: list[str]) -> Authorization:
            question = {"service": [service] if service else [], "scope": wanted}
            return retrying(lambda: self._ask(realm, registry, question, credentials), self._settings)

        try:
            return ask(scopes)
        except UnauthorizedError:  # a service may refuse all for the one scope that it does not know
            if scopes == [scope]:
                raise
            return ask([scope])

    def _require_site(self, registry: str, realm: str) -> None:
        self._transport.refuse_plain(realm)
        host = urlsplit(realm).netloc.lower()
        name = hostname(host)
        if not same_site(registry, name) and not {name, host} & set(self._settings.token_hosts):
            raise UnauthorizedError(
                "the registry wants its credentials sent to another site",
                where=redact_url(realm),
                action=f"add that host to {PREFIX}TOKEN_HOSTS if it may have them",
            )

    def _ask(
        self, realm: str, registry: str, question: dict[str, list[str]], credentials: Credentials
    ) -> Authorization:
        form = None
        headers = {}
        url = realm
        if credentials.identity_token:
            refresh = {"grant_type": "refresh_token", "refresh_token": credentials.identity_token}
            asked = {name: " ".join(texts) for name, texts in question.items()}
            form = {**asked, **refresh, "client_id": _CLIENT_ID}
        else:
            query = urlencode(question, doseq=True)
            url = f"{realm}{'&' if '?' in realm else '?'}{query}"
            headers = {"Authorization": credentials.basic()} if credentials.basic() else {}
        method = "GET" if form is None else "POST"
        answer = self._transport.exchange(method, url, headers, form, named=registry)
        try:
            return _authorization(read_document(answer, _MAX_ANSWER_BYTES), redact_url(realm))
        except ImageError as error:
            if error.retryable:
                raise
            raise UnauthorizedError(
                f"no token for the registry: {error.what}",
                where=redact_url(realm),
                action="check the registry's credentials in the pull secret",
            ) from None


def _scopes(challenge: str, own: str) -> list[str]:
    """Return the scopes that a challenge names, and ``own`` unless they cover it.

    Some registries write ``repository:<name>:pull`` or ``repository:user/image:pull``, to be filled in: what
    is such a form is left out.
    """
    found = [match for one in challenge.split() if (match := _SCOPE.fullmatch(one))]
    named = [match[0] for match in found if match["name"] not in _PLACEHOLDERS]
    wanted, _, actions = own.rpartition(":")
    covered = any(
        place == wanted and ("*" in given or set(actions.split(",")) <= set(given.split(",")))
        for place, _, given in (one.rpartition(":") for one in named)
    )
    return named if covered else [*named, own]


def _authorization(body: bytes, where: str) -> Authorization:
    """Read a token and how long it lives; a field of another type is as good as none."""
    try:
        answer = decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        answer = None
    fields = answer if isinstance(answer, dict) else {}
    tokens = (fields.get(name) for name in ("token", "access_token"))
    token = next((one for one in tokens if isinstance(one, str) and one), "")
    seconds = _lifetime(fields.get("expires_in"))
    return Authorization(_bearer_header(token, where), time.monotonic() + max(0.0, seconds - _MARGIN_SECONDS))


def _lifetime(given: Any) -> float:
    """Return seconds: of a number or the text of one; what is neither, or not positive, is the default."""
    try:
        seconds = float(given)
    except (TypeError, ValueError, OverflowError):
        return _DEFAULT_SECONDS
    return min(seconds, _LONGEST_SECONDS) if seconds > 0 else _DEFAULT_SECONDS


def _bearer_header(token: str, where: str) -> str:
    """Return the header's value; a token with a line feed in it could bring headers of its own."""
    if not token or not token.isascii() or not token.isprintable():
        raise UnauthorizedError(
            "the token is missing or malformed",
            where=where,
            action="check the registry's credentials in the pull secret",
        )
    return f"Bearer {token}"
