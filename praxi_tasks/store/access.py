"""How to reach S3 where it is not the ``AWS_*`` variables that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obstore.store import S3Credential


@dataclass(frozen=True, kw_only=True)
class S3Access:
    """Endpoint, region and credentials, each in place of the variables'.

    Attributes
    ----------
    credentials
        Called whenever credentials are needed; what it returns is used until shortly before it expires.
    source
        Where these come from: what an error message says to check.
    endpoint, region
        Empty for those of the variables, or AWS's own.
    """

    credentials: Callable[[], S3Credential]
    source: str
    endpoint: str = ""
    region: str = ""
