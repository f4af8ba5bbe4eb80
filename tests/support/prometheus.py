"""A real Prometheus with a past of our choosing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.history import Deployment, write_history
from demo.servers import Endpoint, start_prometheus
from tests.support.process import running

__all__ = ["Deployment", "Endpoint", "prometheus"]


@contextmanager
def prometheus(folder: Path, deployments: Iterable[Deployment] = ()) -> Iterator[Endpoint]:
    """Run a Prometheus on a free loopback port that remembers these deployments.

    Examples
    --------
    >>> day = datetime(2026, 3, 1, tzinfo=UTC)
    >>> web = Deployment(image="nginx:1.27", start=day, end=day + timedelta(hours=6), namespace="shop")
    >>> with prometheus(tmp_path, [web]) as server:
    ...     requests.get(f"{server.url}/api/v1/query", params={"query": "kube_pod_container_info"}, timeout=5)
    """
    history = list(deployments)
    if history:
        write_history(history, folder)
    endpoint = start_prometheus(folder)
    with running(endpoint.server):
        yield endpoint
