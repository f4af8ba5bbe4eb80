"""Settings come from the environment; nonsense is refused by name."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.http import PREFIX
from praxi_tasks.oci.registry.mirrors import Mirrors
from praxi_tasks.oci.registry.settings import RegistrySettings


def test_nothing_set_is_the_defaults() -> None:
    assert RegistrySettings.from_environment({"PRAXI_REGISTRY_ATTEMPTS": " "}) == RegistrySettings()


def variable(field: str) -> str:
    return "PRAXI_CA_BUNDLE" if field == "ca_bundle" else PREFIX + field.upper()


def test_every_setting_has_its_variable() -> None:
    given = {
        "auth_file": "/run/secrets/pull",
        "ca_bundle": "/etc/ca.pem",
        "plain_http": "Registry.svc:5000, other.svc",
        "internal_hosts": "storage.svc",
        "token_hosts": "login.example",
        "mirrors": "docker.io=mirror.example/hub",
        "connect_timeout": "2.5",
        "read_timeout": "30",
        "attempts": "7",
        "backoff": "0.25",
        "max_wait": "10",
        "max_manifest_bytes": "1000",
    }
    assert given.keys() == set(RegistrySettings.__struct_fields__)
    settings = RegistrySettings.from_environment({variable(name): text for name, text in given.items()})
    assert settings == RegistrySettings(
        auth_file="/run/secrets/pull",
        ca_bundle="/etc/ca.pem",
        plain_http=("other.svc", "registry.svc:5000"),
        internal_hosts=("storage.svc",),
        token_hosts=("login.example",),
        mirrors=Mirrors((("docker.io", "mirror.example/hub"),)),
        connect_timeout=2.5,
        read_timeout=30.0,
        attempts=7,
        backoff=0.25,
        max_wait=10.0,
        max_manifest_bytes=1000,
    )
    assert hash(settings) != hash(RegistrySettings())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ATTEMPTS", "0"),
        ("ATTEMPTS", "2.5"),
        ("READ_TIMEOUT", "soon"),
        ("READ_TIMEOUT", "nan"),
        ("READ_TIMEOUT", "inf"),
        ("BACKOFF", "-1"),
        ("MIRRORS", "docker.io"),
    ],
)
def test_nonsense_is_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError):
        RegistrySettings.from_environment({PREFIX + name: text})


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("x.localhost:5000", True),
        ("127.0.0.1:5000", True),
        ("127.9.9.9", True),
        ("[::1]:5000", True),
        ("[::2]:5000", False),
        ("registry.svc:5000", True),
        ("registry.svc:5001", False),
        ("other.svc:8080", True),
        ("evil-localhost", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_which_hosts_may_be_plain(host: str, allowed: bool) -> None:
    settings = RegistrySettings(plain_http=("registry.svc:5000", "other.svc"))
    assert settings.allows_plain(host) is allowed
