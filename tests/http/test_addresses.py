"""Which hosts a request may reach that nobody named."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.http.addresses import (
    ForbiddenAddressError,
    is_public,
    public_addresses,
    require_public_name,
)

INTERNAL = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 - an address that must be refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]
PUBLIC = [
    "8.8.8.8",
    "203.0.113.80",
    "2001:db8::1",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", INTERNAL)
def test_internal_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_an_address_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    expected = is_public(str(address))
    assert is_public(f"::ffff:{address}") is expected
    assert is_public(str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address)))) is expected
    for spelling in (
        str(int(address)),
        hex(int(address)),
        ".".join(oct(b).replace("o", "") for b in address.packed),
    ):
        if expected:
            require_public_name(spelling)
        else:
            with pytest.raises(ForbiddenAddressError):
                require_public_name(spelling)


@pytest.mark.parametrize(
    "name",
    [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "a.localhost",
        "127.1",
        "0x7f.1",
        "017700000001",
        "2130706433",
        "[::1]",
        "169.254.169.254.",
        "metadata.google.internal",
        "kubernetes.default.svc",
        "db.cluster.local",
        "intranet",
        "",
    ],
)
def test_names_that_are_internal_by_themselves(name: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        require_public_name(name)


@pytest.mark.parametrize(
    "name", ["cdn.example.com", "8.8.8.8", "[2606:4700:4700::1111]", "x.localhost.example"]
)
def test_names_that_may_be_public(name: str) -> None:
    require_public_name(name)


def resolver(*addresses: str) -> Any:
    """Return a resolver that knows these addresses for every name."""
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in addresses]


def test_only_the_public_addresses_of_a_name_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver("10.0.0.1", "8.8.8.8", "8.8.8.8", "::1"))
    assert public_addresses("mixed.example", 80) == ["8.8.8.8"]
    monkeypatch.setattr(socket, "getaddrinfo", resolver("10.0.0.1"))
    with pytest.raises(ForbiddenAddressError):
        public_addresses("inside.example", 80)


@pytest.mark.parametrize("spelling", ["127.0.0.1", "127.1", "2130706433", "0177.0.0.1", "localhost", "[::1]"])
def test_however_loopback_is_written(spelling: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        public_addresses(spelling, 80)
