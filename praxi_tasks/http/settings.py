"""Settings of all HTTP connections: timeouts and hosts, from ``PRAXI_REGISTRY_*``, and authorities."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Self

import msgspec

from praxi_tasks.environment import positive_number, read_fields, words
from praxi_tasks.trust import ca_bundle

PREFIX: Final = "PRAXI_REGISTRY_"

Parsers = Mapping[str, Callable[[str], Any]]


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(words(text.lower()))))


class HttpSettings(msgspec.Struct, frozen=True):
    """Settings of connections; hashable, so that equal settings share them.

    Attributes
    ----------
    ca_bundle
        PEM file of certificate authorities to trust besides the system's; from ``PRAXI_CA_BUNDLE``.
    connect_timeout, read_timeout
        Seconds to wait for a connection, and for the next bytes.
    plain_http
        Hosts, with or without a port, that may be spoken to without TLS; loopback always may.
    internal_hosts
        Hosts, with or without a port, that redirects, token services and pages may lead to though their
        addresses are not public. A host that a reference or another setting names needs not be listed.
    """

    parsers: ClassVar[Parsers] = {
        "connect_timeout": positive_number,
        "read_timeout": positive_number,
        "plain_http": _hosts,
        "internal_hosts": _hosts,
    }

    ca_bundle: str = ""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    plain_http: tuple[str, ...] = ()
    internal_hosts: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``PRAXI_REGISTRY_READ_TIMEOUT`` and so on; unset means default.

        Raises
        ------
        UsageError
            If a variable's text can't be its setting.
        """
        return cls(ca_bundle=ca_bundle(environment), **read_fields(PREFIX, cls.parsers, environment))

    def allows_plain(self, host: str) -> bool:
        """Return whether ``host[:port]`` may be spoken to without TLS."""
        return is_loopback(hostname(host)) or _lists(self.plain_http, host)

    def names(self, host: str) -> bool:
        """Return whether a setting names ``host[:port]``, so that it may be internal."""
        return _lists(self.plain_http, host) or _lists(self.internal_hosts, host)


def _lists(hosts: tuple[str, ...], host: str) -> bool:
    return host in hosts or hostname(host) in hosts


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
