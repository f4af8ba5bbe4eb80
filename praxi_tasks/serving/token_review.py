"""Tokens of a cluster's service accounts, which its API vouches for (``TokenReview``)."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import urllib3

from praxi_tasks.environment import read_text
from praxi_tasks.errors import UsageError
from praxi_tasks.http import Connections, HttpSettings, explain
from praxi_tasks.json_decoding import decode
from praxi_tasks.serving.refusals import NotAllowedError, UnavailableError

PATH: Final = "/apis/authentication.k8s.io/v1/tokenreviews"
_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_REMEMBERED: Final = 30.0  # seconds for which an answer counts
_MOST: Final = 10_000
_LONGEST: Final = 16_384
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=10)


class _User(msgspec.Struct, frozen=True):
    username: str = ""


class _Status(msgspec.Struct, frozen=True):
    authenticated: bool = False
    user: _User = _User()
    audiences: tuple[str, ...] = ()


class _Review(msgspec.Struct, frozen=True):
    status: _Status = _Status()


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster's API, and with which account it is asked."""

    url: str
    token_file: Path
    ca_file: Path

    @classmethod
    def of_pod(cls) -> Cluster:
        """Return the cluster that this process runs in.

        Raises
        ------
        UsageError
            If it runs in none.
        """
        host, port = read_text("KUBERNETES_SERVICE_HOST"), read_text("KUBERNETES_SERVICE_PORT", "443")
        if not host:
            raise UsageError("this is no pod of a cluster", action="use --token-file, or run in a cluster")
        name = f"[{host}]" if ":" in host else host
        return cls(f"https://{name}:{port}", _ACCOUNT / "token", _ACCOUNT / "ca.crt")


class TokenReview:
    """Asks a cluster's API whose a token is, and remembers the answer for a while.

    Parameters
    ----------
    subjects
        Globs of the users that may ask: ``system:serviceaccount:NAMESPACE:NAME``.
    audiences
        What a token must be meant for, one of these; empty for the API's own.
    """

    def __init__(self, cluster: Cluster, subjects: Sequence[str], audiences: Sequence[str] = ()) -> None:
        if not subjects:
            raise UsageError(
                "every account of the cluster could ask", action="name those that may: --subject"
            )
        parts = urlsplit(cluster.url)
        settings = HttpSettings.from_environment()
        if parts.scheme == "https":
            settings = msgspec.structs.replace(settings, ca_bundle=str(cluster.ca_file))
        self._pool = Connections(settings).pool(parts.scheme, parts.hostname or "", parts.port, is_named=True)
        self._cluster = cluster
        self._subjects = tuple(subjects)
        self._audiences = tuple(audiences)
        self._known: dict[bytes, tuple[float, str | None]] = {}

    async def client_of(self, token: str) -> str | None:
        """Return who has a token; see :class:`~praxi_tasks.serving.authentication.Authenticator`."""
        if not token or len(token) > _LONGEST or not token.isascii():
            return None
        digest = hashlib.sha256(token.encode()).digest()
        until, user = self._known.get(digest, (0.0, None))
        if until < time.monotonic():
            user = await asyncio.to_thread(self._ask, token)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[digest] = (time.monotonic() + _REMEMBERED, user)
        if user is not None and not any(fnmatchcase(user, subject) for subject in self._subjects):
            raise NotAllowedError(f"{user} may not ask", action="ask who runs the service to name it")
        return user

    def _ask(self, token: str) -> str | None:
        spec: dict[str, Any] = {"token": token} | ({"audiences": self._audiences} if self._audiences else {})
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}
        try:
            account = self._cluster.token_file.read_text().strip()
            answer = self._pool.request(
                "POST",
                self._cluster.url + PATH,
                body=msgspec.json.encode(review),
                headers={"Content-Type": "application/json", "Authorization": f"Bearer {account}"},
                timeout=_TIMEOUT,
                retries=False,
            )
        except OSError as error:
            raise UnavailableError(f"the account's own token can't be read: {error.strerror}") from error
        except urllib3.exceptions.HTTPError as error:
            raise UnavailableError(explain(error, "the cluster's API").what) from error
        if answer.status != 201:
            raise UnavailableError(
                f"the cluster's API answered {answer.status} when it was asked whose a token is",
                action="bind the role system:auth-delegator to the service's account",
            )
        return self._user(answer.data)

    def _user(self, data: bytes) -> str | None:
        try:
            status = decode(data, _Review).status
        except msgspec.DecodeError as error:
            raise UnavailableError("the cluster's API answered no TokenReview") from error
        meant = not self._audiences or set(self._audiences) & set(status.audiences)
        return status.user.username if status.authenticated and status.user.username and meant else None
