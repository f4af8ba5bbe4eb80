"""Settings of all HTTP connections: certificate authorities and timeouts, from ``PRAXI_REGISTRY_*``."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Self

import msgspec

from praxi_tasks.environment import positive_number, read_fields

PREFIX: Final = "PRAXI_REGISTRY_"

Parsers = Mapping[str, Callable[[str], Any]]


class HttpSettings(msgspec.Struct, frozen=True):
    """Settings of connections; hashable, so that equal settings share them.

    Attributes
    ----------
    ca_bundle
        PEM file of certificate authorities to trust besides the system's.
    connect_timeout, read_timeout
        Seconds to wait for a connection, and for the next bytes.
    """

    parsers: ClassVar[Parsers] = {
        "ca_bundle": str,
        "connect_timeout": positive_number,
        "read_timeout": positive_number,
    }

    ca_bundle: str = ""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``PRAXI_REGISTRY_CA_BUNDLE`` and so on; unset means default.

        Raises
        ------
        UsageError
            If a variable's text can't be its setting.
        """
        return cls(**read_fields(PREFIX, cls.parsers, environment))


def hostname(host: str) -> str:
    """Return ``host[:port]`` without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Return whether a host name or address is this machine by definition."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
