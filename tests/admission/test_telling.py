"""Telling Airflow of images, where something else answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from praxi_tasks.admission import Teller
from praxi_tasks.errors import NotifyError


@contextmanager
def before_airflow(status: int, body: bytes, location: str) -> Iterator[tuple[str, list[bytes]]]:
    """Run what stands before Airflow; yield its URL and the bodies that it was sent."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/praxi/events/images", sent
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "location", "message"),
    [
        (200, b" <html>Sign in</html>", "", "a web page answered in place of Airflow"),
        (302, b"", "/login", "Airflow answered 302"),
        (302, b"", "http://[::1", "Airflow answered 302"),
        (503, b"", "", "Airflow answered 503"),
    ],
)
def test_what_was_not_taken_is_told_again(
    tmp_path: Path, status: int, body: bytes, location: str, message: str
) -> None:
    (tmp_path / "secret").write_text("s\n")
    with before_airflow(status, body, location) as (url, sent):
        teller = Teller(url, tmp_path / "secret")
        for _ in range(2):
            with pytest.raises(NotifyError, match=message):
                teller.tell(["shop:1"])
    assert sent == [b'{"images":["shop:1"]}'] * 2


def test_what_was_taken_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    with before_airflow(202, b"{}", "") as (url, sent):
        teller = Teller(url, tmp_path / "secret")
        teller.tell(["shop:1", "shop:1"])
        teller.tell(["shop:1"])
    assert len(sent) == 1
