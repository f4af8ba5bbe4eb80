"""Answers a challenge with an ``Authorization`` header: Basic, or a Bearer token from the realm."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
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
_DEFAULT_SECONDS: Final = 60
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


class _Token(msgspec.Struct):
    token: str = ""
    access_token: str = ""
    expires_in: float | None = None


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
        question = {
            "service": challenge.parameters.get("service", ""),
            "scope": challenge.parameters.get("scope", "") or scope,
        }
        return retrying(lambda: self._ask(realm, registry, question, credentials), self._settings)

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
        self, realm: str, registry: str, question: dict[str, str], credentials: Credentials
    ) -> Authorization:
        form = None
        headers = {}
        url = realm
        if credentials.identity_token:
            refresh = {"grant_type": "refresh_token", "refresh_token": credentials.identity_token}
            form = {**question, **refresh, "client_id": _CLIENT_ID}
        else:
            query = urlencode({name: text for name, text in question.items() if text})
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


def _authorization(body: bytes, where: str) -> Authorization:
    try:
        answer = decode(body, _Token)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        answer = _Token()
    header = _bearer_header(answer.token or answer.access_token, where)
    seconds = _DEFAULT_SECONDS if answer.expires_in is None else answer.expires_in
    return Authorization(header, time.monotonic() + max(0.0, seconds - _MARGIN_SECONDS))


def _bearer_header(token: str, where: str) -> str:
    """Return the header's value; a token with a line feed in it could bring headers of its own."""
    if not token or not token.isascii() or not token.isprintable():
        raise UnauthorizedError(
            "the token is missing or malformed",
            where=where,
            action="check the registry's credentials in the pull secret",
        )
    return f"Bearer {token}"
