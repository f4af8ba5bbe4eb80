"""Credentials for a registry; their representation shows no secret."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials for one registry; all empty is anonymous.

    ``identity_token`` is exchanged for access tokens (OAuth2), ``registry_token`` is itself one. A byte
    that is no UTF-8 is a lone surrogate, and is sent as it was.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return any((self.username, self.identity_token, self.registry_token))

    def basic(self) -> str:
        """Return the value of a basic ``Authorization`` header, empty without a username."""
        if not self.username:
            return ""
        account = f"{self.username}:{self.password}".encode(errors="surrogateescape")
        return "Basic " + base64.b64encode(account).decode()


ANONYMOUS = Credentials()
