"""A real Redis that keeps nothing on disk."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.process import free_port


@contextmanager
def redis_server(port: int = 0) -> Iterator[int]:
    """Run a Redis and yield its port, by default a free one."""
    port = port or free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        yield port
        server.terminate()


def redis_connection(port: int) -> str:
    """Return an Airflow connection to a Redis of this machine, as the variable of a connection holds it."""
    return json.dumps({"conn_type": "redis", "host": "127.0.0.1", "port": port, "extra": {"db": 0}})


def redis_client(port: int) -> Any:
    """Return a client of a Redis once it answers."""
    from redis import Redis
    from redis.backoff import ConstantBackoff
    from redis.exceptions import ConnectionError as NotYetError
    from redis.retry import Retry

    client = Redis(port=port, retry=Retry(ConstantBackoff(0.1), 300), retry_on_error=[NotYetError])
    client.ping()
    return client
