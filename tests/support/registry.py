"""A real registry (Debian's ``docker-registry``) on a free loopback port."""

from __future__ import annotations

import base64
import dataclasses
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import images

_CONFIG = """\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {root}}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{port}"}}
"""
_HTPASSWD = """\
auth:
  htpasswd: {{realm: praxi-tests, path: {file}}}
"""


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_registry(folder: Path, *, username: str = "", password: str = "") -> Iterator[Registry]:
    """Run a registry that stores below ``folder``; a username turns on htpasswd authentication."""
    port = free_port()
    config = _CONFIG.format(root=folder / "data", port=port)
    if username:
        config += _HTPASSWD.format(file=folder / "htpasswd")
        written = subprocess.run(
            ["htpasswd", "-nbB", username, password], check=True, capture_output=True, text=True
        )
        (folder / "htpasswd").write_text(written.stdout)
    (folder / "config.yml").write_text(config)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_")}
    environment["OTEL_TRACES_EXPORTER"] = "none"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["docker-registry", "serve", str(folder / "config.yml")],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    try:
        _wait(port, process, folder / "log")
        yield Registry(f"127.0.0.1:{port}", username, password)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and process.poll() is None:
        try:
            opener.open(f"http://127.0.0.1:{port}/v2/", timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.05)
            continue
        return
    raise RuntimeError(f"the registry did not start: {log.read_text()[-2000:]}")


def _needs_registry(*programs: str) -> None:
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (apt-get install docker-registry apache2-utils)")


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """An empty real registry without authentication, shared by the session: use your own repositories."""
    _needs_registry("docker-registry")
    with run_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="session")
def private_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A real registry that asks for a username and password."""
    _needs_registry("docker-registry", "htpasswd")
    folder = tmp_path_factory.mktemp("private-registry")
    with run_registry(folder, username="auditor", password="correct horse") as running:
        yield running
