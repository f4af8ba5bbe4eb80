"""The two servers an audit talks to: a registry and a Prometheus, both real, both on 127.0.0.1 only."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo.ports import free_port
from demo.process import Server, start_server

READY_SECONDS: Final = 60.0
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


@dataclass(frozen=True)
class Endpoint:
    """A server that answers at ``host:port``, over plain HTTP."""

    server: Server
    port: int

    @property
    def host(self) -> str:
        """``host:port``, as image references begin."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The server's base URL, without a trailing slash."""
        return f"http://{self.host}"


def answers(url: str) -> bool:
    """Return whether a GET of ``url`` succeeds."""
    try:
        _OPENER.open(url, timeout=5).close()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def start_registry(
    folder: Path, *, port: int | None = None, config: Mapping[str, Any] | None = None
) -> Endpoint:
    """Start Debian's ``docker-registry`` on the images kept in ``folder/registry``.

    Parameters
    ----------
    config
        Top-level sections of the registry's configuration that replace or add to the plain ones, such as
        ``{"auth": {"htpasswd": …}}``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    settings = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}, "delete": {"enabled": True}},
        "http": {"addr": f"127.0.0.1:{port}"},
        **(config or {}),
    }
    file = folder / "registry.json"  # JSON is YAML
    file.write_text(json.dumps(settings, indent=2))
    # The registry reads REGISTRY_* as settings, and would send traces to the outside.
    env: dict[str, str | None] = {name: None for name in os.environ if name.startswith("REGISTRY_")}
    env["OTEL_TRACES_EXPORTER"] = "none"
    server = start_server("registry", ["docker-registry", "serve", file], folder, env=env)
    endpoint = Endpoint(server, port)
    server.wait_until(lambda: answers(f"{endpoint.url}/"), seconds=READY_SECONDS)
    return endpoint


def start_prometheus(folder: Path, *, port: int | None = None) -> Endpoint:
    """Start a Prometheus on the time series kept in ``folder/prometheus``; it scrapes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    file = folder / "prometheus.yml"
    file.write_text("scrape_configs: []\n")
    command: list[str | Path] = [
        "prometheus",
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        "--storage.tsdb.retention.time=10y",
        "--storage.tsdb.wal-compression",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    endpoint = Endpoint(start_server("prometheus", command, folder), port)
    endpoint.server.wait_until(lambda: answers(f"{endpoint.url}/-/ready"), seconds=READY_SECONDS)
    return endpoint
