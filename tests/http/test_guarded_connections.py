"""Connections to hosts that nobody named, against real sockets of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from praxi_tasks.http import addresses
from praxi_tasks.http.addresses import ForbiddenAddressError
from praxi_tasks.http.guarded_connections import guarded_pool
from tests.support.process import free_port
from tests.support.site import Answer, Site, site

REAL = socket.getaddrinfo


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.answers["/"] = Answer(b"there")
        yield running


def port(server: Site) -> str:
    return server.url.rpartition(":")[2]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1"])
def test_loopback_is_not_even_connected_to(server: Site, host: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        guarded_pool().request("GET", f"http://{host}:{port(server)}/", retries=False)
    with pytest.raises(ForbiddenAddressError):
        guarded_pool().request("GET", f"https://{host}:{port(server)}/", retries=False)
    assert server.asked == []


def test_the_address_that_was_checked_is_connected_to(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means something else a moment later leads nowhere else: it is looked up once."""
    lookups: list[str] = []
    dead = free_port()

    def rebinding(host: str, *rest: Any, **more: Any) -> Any:
        if host != "rebinding.test":
            return REAL(host, *rest, **more)
        lookups.append(host)
        assert len(lookups) == 1, "looked up again"
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, dead)) for each in ("127.0.0.7", "127.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    answer = guarded_pool().request("GET", f"http://rebinding.test:{port(server)}/", retries=False)
    assert (answer.data, lookups) == (b"there", ["rebinding.test"])


def test_the_next_address_is_tried(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _: True)

    def two(host: str, *rest: Any, **more: Any) -> Any:
        return (
            [found for each in ("127.0.0.9", "127.0.0.1") for found in REAL(each, *rest, **more)]
            if (host == "two.test")
            else REAL(host, *rest, **more)
        )

    monkeypatch.setattr(socket, "getaddrinfo", two)
    assert guarded_pool().request("GET", f"http://two.test:{port(server)}/", retries=False).data == b"there"
