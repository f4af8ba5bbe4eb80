"""Whether who posts an event knows the secret: registries can present it in three ways.

distribution sends any header, Harbor the text it was given as ``Authorization``, Quay what stands before the
``@`` of an address, EventBridge basic authentication. None of them signs what it sends.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

_SHORTEST: Final = 16


def knows_secret(authorization: str, secrets: str) -> bool:
    """Return whether a header names a secret: as it is, as a bearer token, or as the password of a user.

    Parameters
    ----------
    authorization
        The header ``Authorization``.
    secrets
        The secrets that are valid, separated by white space: during a change two are. One with fewer than 16
        characters is none.
    """
    given = [authorization.strip(), *_after_scheme(authorization)]
    known = [secret for secret in secrets.split() if len(secret) >= _SHORTEST]
    fitting = [hmac.compare_digest(_bytes(one), _bytes(secret)) for one in given for secret in known]
    return any(fitting)  # no comparison is left out


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _after_scheme(authorization: str) -> list[str]:
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return [rest.strip()]
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(rest.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return []
        return [plain.partition(":")[2]]
    return []
