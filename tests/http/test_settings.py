"""Settings of connections, and which hosts are this machine."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.http.settings import PREFIX, HttpSettings, hostname, is_loopback


def test_every_setting_has_its_variable() -> None:
    given = {
        "CONNECT_TIMEOUT": "2.5",
        "READ_TIMEOUT": "30",
        "PLAIN_HTTP": "Plain.svc:5000",
        "INTERNAL_HOSTS": "b.svc a.svc",
    }
    variables = {PREFIX + name: text for name, text in given.items()} | {"PRAXI_CA_BUNDLE": "/etc/ca.pem"}
    settings = HttpSettings.from_environment(variables)
    assert settings == HttpSettings("/etc/ca.pem", 2.5, 30.0, ("plain.svc:5000",), ("a.svc", "b.svc"))
    assert {*HttpSettings.parsers, "ca_bundle"} == set(HttpSettings.__struct_fields__)


def test_nonsense_names_its_variable() -> None:
    with pytest.raises(UsageError, match="PRAXI_REGISTRY_READ_TIMEOUT"):
        HttpSettings.from_environment({f"{PREFIX}READ_TIMEOUT": "soon"})


@pytest.mark.parametrize(
    ("host", "name", "loopback"),
    [
        ("localhost", "localhost", True),
        ("a.localhost:5000", "a.localhost", True),
        ("127.9.9.9:80", "127.9.9.9", True),
        ("[::1]:5000", "::1", True),
        ("[::2]", "::2", False),
        ("localhost.example", "localhost.example", False),
        ("evil-localhost", "evil-localhost", False),
    ],
)
def test_hosts_that_are_this_machine(host: str, name: str, loopback: bool) -> None:
    assert hostname(host) == name
    assert is_loopback(name) is loopback
