"""How to reach S3 where it is not the ``AWS_*`` variables that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obstore.store import S3Credential


@dataclass(frozen=True, kw_only=True)
class S3Access:
    """Endpoint, region, credentials and authorities, each in place of the variables'.

    Attributes
    ----------
    credentials
        Called whenever credentials are needed; what it returns is used until shortly before it expires.
    source
        Where these come from: what an error message says to check.
    endpoint, region
        Empty for those of the variables, or AWS's own.
    ca_bundle
        A PEM file of authorities to trust besides the system's; empty for that of ``PRAXI_CA_BUNDLE``.
    """

    credentials: Callable[[], S3Credential] | None = None
    source: str = ""
    endpoint: str = ""
    region: str = ""
    ca_bundle: str = ""
