"""Registries, real and hostile, and settings that wait as briefly as possible."""

from __future__ import annotations

import pytest

from praxi_tasks.oci.registry import client
from praxi_tasks.oci.registry.settings import RegistrySettings
from tests.support import images
from tests.support.hostile_registry import elsewhere, hostile
from tests.support.registry import private_registry, registry

__all__ = ["elsewhere", "hostile", "private_registry", "registry"]


@pytest.fixture
def settings() -> RegistrySettings:
    """Three attempts, hardly any waiting, and no credentials from this machine."""
    return RegistrySettings(attempts=3, backoff=0.001, max_wait=2.0, read_timeout=30.0)


@pytest.fixture(autouse=True)
def _no_credentials_or_proxies(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    for name in ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    client._client.cache_clear()


@pytest.fixture(scope="session")
def shop() -> images.Manifest:
    """An image of two layers, one gzip and one zstd."""
    base = images.layer({"etc/os-release": b"ID=debian", "bin": images.Symlink("usr/bin"), "tmp": None})
    return images.image([base, images.layer({"app.py": b"pass" * 5000}, compression="zstd")])
