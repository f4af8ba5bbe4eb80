"""Runs credential helpers: the ``docker-credential-NAME`` programs of cloud providers and keychains."""

from __future__ import annotations

import re
import subprocess
from typing import Final

import msgspec

from praxi_tasks.errors import UnauthorizedError
from praxi_tasks.json_decoding import decode
from praxi_tasks.oci.registry.credentials import ANONYMOUS, Credentials

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_TIMEOUT_SECONDS: Final = 30.0
_NOTHING_KNOWN: Final = b"credentials not found in native keychain"
# With this username the secret is an identity token, says Docker's helper protocol.
_NO_USER: Final = "<token>"


class _Answer(msgspec.Struct, rename="pascal"):
    secret: str
    username: str | None = None


def ask_helper(name: str, server: str) -> Credentials:
    """Ask a credential helper for the credentials of ``server``; anonymous if it knows none.

    Raises
    ------
    UnauthorizedError
        If the helper is not installed, fails, or answers something else.
    """
    if not _NAME.fullmatch(name):
        raise _failed(name, server, "its name is not one of a program")
    program = f"docker-credential-{name}"
    try:
        ran = subprocess.run(
            [program, "get"],
            input=server.encode(),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise _failed(name, server, f"{program} is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(name, server, f"{program}: {type(error).__name__}") from None
    if ran.returncode:
        if _NOTHING_KNOWN in ran.stdout:
            return ANONYMOUS
        raise _failed(name, server, f"{program} ended with exit code {ran.returncode}")
    return _credentials(ran.stdout, name, server)


def _credentials(output: bytes, name: str, server: str) -> Credentials:
    try:
        answer = decode(output, _Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _failed(name, server, "it did not answer with credentials") from None
    if answer.username == _NO_USER:
        return Credentials(identity_token=answer.secret)
    return Credentials(answer.username or "", answer.secret)


def _failed(name: str, server: str, why: str) -> UnauthorizedError:
    return UnauthorizedError(
        f"the credential helper {name!r} gives no credentials: {why}",
        where=server,
        action="install or repair it, or put the credentials into the file's auths",
    )
