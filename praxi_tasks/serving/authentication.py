"""Who asks: bearer tokens of files, or of a cluster's service accounts.

Several authenticators are asked one after the other; the first that knows the token says who it is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from praxi_tasks.errors import PraxiError, UsageError
from praxi_tasks.serving.refusals import UnauthenticatedError
from praxi_tasks.serving.telling import error_response
from praxi_tasks.serving.watched_file import WatchedFile

ANONYMOUS: Final = "anonymous"
CLIENT: Final = "praxi.client"
"""The key of a request's scope that says who asks."""
_SHORTEST: Final = 16
_SCHEME: Final = "bearer "


class Authenticator(Protocol):
    """Tells whose a token is."""

    async def client_of(self, token: str) -> str | None:
        """Return who has a token; None for one that it does not know.

        Raises
        ------
        RequestError
            If who has it is known and not allowed, or can't be told now.
        """


class TokenFiles:
    """Tokens in files, one a line; who has one is called like its file.

    Parameters
    ----------
    paths
        Files, or folders of files as a mounted Secret is one.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._files: dict[Path, WatchedFile[frozenset[bytes]]] = {}
        self._known()

    async def client_of(self, token: str) -> str | None:
        """Return who has a token; all tokens are compared, whichever fits."""
        digest = _digest(token.encode())
        return next((name for name, known in self._known() if _is_among(digest, known)), None)

    def _known(self) -> list[tuple[str, frozenset[bytes]]]:
        found = [(path.name, self._file(path).read()) for path in self._current()]
        if not any(tokens for _, tokens in found):
            raise UsageError("there is no token", where=", ".join(map(str, self._paths)))
        return found

    def _current(self) -> list[Path]:
        """Return the files that there are now; a Secret's own links begin with two dots."""
        found: list[Path] = []
        for path in self._paths:
            is_folder = path.is_dir()
            inside = (
                sorted(each for each in path.iterdir() if not each.name.startswith("..")) if is_folder else []
            )
            found += inside if is_folder else [path]
        return found

    def _file(self, path: Path) -> WatchedFile[frozenset[bytes]]:
        return self._files.setdefault(path, WatchedFile(path, lambda data: _parse(data, str(path))))


def _parse(data: bytes, where: str) -> frozenset[bytes]:
    tokens = [line.strip() for line in data.splitlines() if line.strip()]
    if any(len(token) < _SHORTEST for token in tokens):
        raise UsageError(f"a token has fewer than {_SHORTEST} characters", where=where)
    return frozenset(map(_digest, tokens))


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _is_among(digest: bytes, known: frozenset[bytes]) -> bool:
    return sum(hmac.compare_digest(digest, each) for each in known) > 0  # no comparison is left out


class Guard:
    """Lets a request pass whose token an authenticator knows, or whose path is open.

    Parameters
    ----------
    authenticators
        Without one everybody may ask.
    """

    def __init__(
        self, app: ASGIApp, authenticators: Sequence[Authenticator], open_paths: frozenset[str]
    ) -> None:
        self._app = app
        self._authenticators = authenticators
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] in self._open:
            return await self._app(scope, receive, send)
        try:
            scope[CLIENT] = await self._client(Headers(scope=scope)) if self._authenticators else ANONYMOUS
        except PraxiError as error:
            return await error_response(error)(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _client(self, headers: Headers) -> str:
        given = headers.get("authorization", "")
        if given.lower().startswith(_SCHEME):
            token = given[len(_SCHEME) :].strip()
            for authenticator in self._authenticators:
                client = await authenticator.client_of(token)
                if client is not None:
                    return client
        raise UnauthenticatedError(
            "no token, or none that is known", action="send Authorization: Bearer TOKEN"
        )
