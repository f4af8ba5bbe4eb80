"""Which addresses are the public internet's, and which are this machine's, its network's or its cloud's."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from urllib3.exceptions import HTTPError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Azure's metadata and agent service has an address of the public range.
_CLOUD: Final = frozenset({ipaddress.ip_address("168.63.129.16")})
_PROTOCOLS: Final = ipaddress.ip_network("192.0.0.0/24")  # Oracle's metadata service is there
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# Routed nowhere, so nothing internal is there by right; gateways of closed networks answer at them.
_DOCUMENTATION: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
# Names that no public resolver knows: what a proxy would look up in its own network.
_INTERNAL_DOMAINS: Final = (".localhost", ".local", ".internal", ".svc", ".lan", ".home.arpa", ".intranet")


class ForbiddenAddressError(HTTPError):
    """A host that nobody named has no address but internal ones."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet.

    Loopback, link-local, private, shared (RFC 6598), multicast and reserved ranges do not, nor IPv6 addresses
    that stand for an IPv4 address of these. Documentation ranges count as public.
    """
    try:
        return _is_public(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False


def _is_public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (inner := _embedded(address)) is not None:
        return _is_public(inner)
    if any(address in network for network in _DOCUMENTATION):
        return True
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not special and not local and not _is_cloud(address)


def _is_cloud(address: _Address) -> bool:
    return address in _CLOUD or address in _PROTOCOLS


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, if it does."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def public_addresses(name: str, port: int) -> list[str]:
    """Resolve a name, and return those of its addresses that are public, in the resolver's order.

    Raises
    ------
    ForbiddenAddressError
        If there are none.
    socket.gaierror
        If the name can't be resolved.
    """
    found = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise ForbiddenAddressError("no public address")
    return public


def require_public_name(name: str) -> None:
    """Do nothing unless a host's name alone shows that it is internal, whoever resolves it.

    Raises
    ------
    ForbiddenAddressError
        For an internal address however it is written, and for a name that only an internal resolver knows.
    """
    plain = name.strip("[]").rstrip(".").lower()
    if ":" in plain:
        public = is_public(plain)
    elif (address := _ipv4(plain)) is not None:
        public = is_public(address)
    else:
        public = "." in plain and not plain.endswith(_INTERNAL_DOMAINS)
    if not public:
        raise ForbiddenAddressError("an internal name or address")


def _ipv4(name: str) -> str | None:
    """Return the address that resolvers see in ``127.1``, ``0x7f.0.0.1`` or ``2130706433``."""
    if not name.replace(".", "").replace("x", "").isalnum() or " " in name:
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, UnicodeEncodeError):
        return None
