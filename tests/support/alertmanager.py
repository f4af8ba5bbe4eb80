"""A real Alertmanager, and a receiver that writes down what it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from demo.servers import answers
from tests.support.process import free_port, running, start_server

_CONFIG = """
route:
  receiver: praxi
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 24h
receivers:
  - name: praxi
    webhook_configs:
      - url: {url}
        send_resolved: true
{authorization}
"""


@dataclass
class Receiver:
    """An HTTP server that keeps the JSON documents posted to it."""

    url: str
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def alerts(self, status: str) -> list[dict[str, str]]:
        """Return the labels of all notifications of a status: ``firing`` or ``resolved``."""
        return [
            alert["labels"] for body in self.bodies for alert in body["alerts"] if alert["status"] == status
        ]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def do_GET(self) -> None:  # no alert is active
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(f"http://127.0.0.1:{server.server_port}/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def alertmanager(folder: Path, webhook: str, *, token: str = "") -> Iterator[str]:
    """Run an Alertmanager that tells a webhook everything at once; give its base URL.

    Parameters
    ----------
    token
        What it presents to the webhook, if anything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    presented = f"        http_config: {{authorization: {{credentials: {token}}}}}" if token else ""
    (folder / "alertmanager.yml").write_text(_CONFIG.format(url=webhook, authorization=presented))
    port = free_port()
    command: list[str | Path] = [
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    url = f"http://127.0.0.1:{port}"
    server = start_server("alertmanager", command, folder)
    with running(server):
        server.wait_until(lambda: answers(f"{url}/-/ready"), seconds=120)
        yield url


def eventually(check: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until ``check`` holds.

    Raises
    ------
    TimeoutError
        If it does not in time.
    """
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)
