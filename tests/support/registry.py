"""A real registry (Debian's ``docker-registry``) on a free loopback port."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from demo.servers import start_registry
from tests.support import images
from tests.support.process import free_port, running, start_server
from tests.support.tools import need


@dataclasses.dataclass(frozen=True)
class Registry:
    """A running registry; ``host`` is ``127.0.0.1:port``."""

    host: str
    username: str = ""
    password: str = dataclasses.field(default="", repr=False)

    @property
    def authorization(self) -> str:
        if not self.username:
            return ""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()

    def push(self, name: str, manifest: images.Manifest) -> str:
        """Push as ``name`` (``shop:1.0``) and return the full reference."""
        images.push(f"{self.host}/{name}", manifest, authorization=self.authorization)
        return f"{self.host}/{name}"


@contextmanager
def run_registry(folder: Path, *, username: str = "", password: str = "") -> Iterator[Registry]:
    """Run a registry that stores below ``folder``; a username turns on htpasswd authentication."""
    config = _htpasswd(folder / "htpasswd", username, password) if username else {}
    endpoint = start_registry(folder, config=config)
    with running(endpoint.server):
        yield Registry(endpoint.host, username, password)


@contextmanager
def run_tls_registry(folder: Path, certificate: Path, registry: Registry) -> Iterator[Registry]:
    """Serve what ``registry`` stores below ``folder`` over TLS, to the same user.

    Parameters
    ----------
    certificate
        A PEM file with key and certificate.
    """
    config = json.loads((folder / "registry.json").read_text())
    port = free_port()
    tls = {"certificate": str(certificate), "key": str(certificate)}
    config["http"] = {"addr": f"127.0.0.1:{port}", "tls": tls}
    file = folder / "tls-registry.json"
    file.write_text(json.dumps(config))
    environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith("REGISTRY_")}
    environment["OTEL_TRACES_EXPORTER"] = "none"
    server = start_server("tls-registry", ["docker-registry", "serve", file], folder, env=environment)
    with running(server):
        server.wait_until(lambda: _listens(port), seconds=180)
        yield dataclasses.replace(registry, host=f"127.0.0.1:{port}")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _htpasswd(file: Path, username: str, password: str) -> dict[str, Any]:
    written = subprocess.run(
        ["htpasswd", "-nbB", username, password], check=True, capture_output=True, text=True
    )
    file.write_text(written.stdout)
    return {"auth": {"htpasswd": {"realm": "praxi-tests", "path": str(file)}}}


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """An empty real registry without authentication, shared by the session: use your own repositories."""
    need("docker-registry")
    with run_registry(tmp_path_factory.mktemp("registry")) as one:
        yield one


@pytest.fixture(scope="session")
def private_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A real registry that asks for a username and password."""
    need("docker-registry", "htpasswd")
    folder = tmp_path_factory.mktemp("private-registry")
    with run_registry(folder, username="auditor", password="correct horse") as one:
        yield one
