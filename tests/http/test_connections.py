"""Which connection leads to a host."""

from __future__ import annotations

import pytest
from urllib3 import ProxyManager

from praxi_tasks.http.connections import Connections, bypasses, connections_for
from praxi_tasks.http.settings import HttpSettings

PROXIES = {"http": "http://user:secret@proxy.example:3128", "no": "inside.example"}


@pytest.mark.parametrize(
    ("scheme", "name", "proxied"),
    [
        ("http", "outside.example", True),
        ("http", "inside.example", False),
        ("http", "127.0.0.1", False),
        ("https", "outside.example", False),
    ],
)
def test_the_proxy_of_a_scheme(scheme: str, name: str, proxied: bool) -> None:
    pool = Connections(HttpSettings(), PROXIES).pool(scheme, name)
    assert isinstance(pool, ProxyManager) is proxied


def test_a_proxy_without_a_scheme_serves_all() -> None:
    connections = Connections(HttpSettings(), {"all": "proxy.example:3128"})
    pool = connections.pool("https", "outside.example")
    assert isinstance(pool, ProxyManager)
    assert pool is connections.pool("http", "other.example")
    assert pool.proxy is not None
    assert pool.proxy.url == "http://proxy.example:3128"


def test_equal_settings_and_proxies_share_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "a.example")
    first = connections_for(HttpSettings(read_timeout=3.5))
    assert connections_for(HttpSettings(read_timeout=3.5)) is first
    assert connections_for(HttpSettings(read_timeout=4.5)) is not first
    monkeypatch.setenv("NO_PROXY", "b.example")
    assert connections_for(HttpSettings(read_timeout=3.5)) is not first


@pytest.mark.parametrize(
    ("name", "no_proxy", "expected"),
    [
        ("a.example", "example", True),
        ("a.example", ".example", True),
        ("a.example", "*.example", True),
        ("a.example", "b.example, a.example", True),
        ("notexample", "example", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("fd00::1", "fd00::/8", True),
        ("a.example", "*", True),
        ("a.example", "", False),
        ("a.example", ",.,*.", False),
        ("a.example", "b.example a.example", True),
        ("A.Example.", "a.example", True),
        ("a.example", "a.example.", True),
        ("a.example", "a.example:443", True),
        ("a.example", ".example:443", True),
        ("a.example", "a.example:5000", False),
        ("a.example", "a.example:", False),
        ("10.1.2.3", "10.1.2.3:443", True),
        ("10.1.2.3", "10.1.2.3:80", False),
        ("fd00::1", "fd00::1", True),
        ("fd00::1", "[fd00::1]", True),
        ("fd00::1", "[fd00:0::1]:443", True),
        ("fd00::1", "[fd00::1]:80", False),
        ("fd00::1", "[fd00::]/8", True),
        ("[fd00::1]", "fd00::/8", True),
        ("fe80::1%eth0", "fe80::/10", True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", True),
        ("fd00::1", "fd00::2", False),
    ],
)
def test_no_proxy(name: str, no_proxy: str, expected: bool) -> None:
    assert bypasses(name, 443, no_proxy) is expected


def test_an_entry_with_a_port_covers_that_port_alone() -> None:
    connections = Connections(HttpSettings(), {"http": "proxy.example:3128", "no": "registry.example:5000"})
    assert not isinstance(connections.pool("http", "registry.example", 5000), ProxyManager)
    assert isinstance(connections.pool("http", "registry.example", 80), ProxyManager)
    assert isinstance(connections.pool("http", "registry.example"), ProxyManager)
