"""A real VictoriaMetrics with a past of our choosing: another server that speaks Prometheus' API."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.history import Deployment, openmetrics
from demo.servers import Endpoint, answers
from tests.support.process import free_port, running, start_server

_MONTHS = 1200
_MEMORY = "256MB"


@contextmanager
def victoria_metrics(folder: Path, deployments: Iterable[Deployment]) -> Iterator[Endpoint]:
    """Run one on a free loopback port that remembers these deployments."""
    port = free_port()
    command: list[str | Path] = [
        "victoria-metrics",
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-retentionPeriod={_MONTHS}",
        f"-memory.allowedBytes={_MEMORY}",
    ]
    endpoint = Endpoint(start_server("victoria-metrics", command, folder), port)
    with running(endpoint.server):
        endpoint.server.wait_until(lambda: answers(f"{endpoint.url}/health"), seconds=60)
        _post(f"{endpoint.url}/api/v1/import/prometheus", "\n".join(_samples(deployments)).encode())
        _post(f"{endpoint.url}/internal/force_flush", b"")
        yield endpoint


def _samples(deployments: Iterable[Deployment]) -> Iterator[str]:
    """Yield samples as Prometheus exposes them, with milliseconds where OpenMetrics has seconds."""
    for line in openmetrics(deployments):
        if not line.startswith("#"):
            sample, _, seconds = line.rpartition(" ")
            yield f"{sample} {seconds}000"


def _post(url: str, data: bytes) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(url, data=data, method="POST"), timeout=30).close()
