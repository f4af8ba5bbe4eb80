"""A forward proxy for HTTPS that tunnels, refuses, or asks for a password."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_CHUNK = 65536


@dataclass
class ForwardProxy:
    """What runs: its address, whom it lets through, and where it was asked to connect to."""

    address: str
    credentials: str = ""
    refuses: bool = False
    asked: list[str] = field(default_factory=list)

    def status(self, authorization: str) -> int:
        if self.credentials:
            expected = "Basic " + base64.b64encode(self.credentials.encode()).decode()
            if authorization != expected:
                return 407
        return 403 if self.refuses else 200


@contextmanager
def forward_proxy(*, credentials: str = "", refuses: bool = False) -> Iterator[ForwardProxy]:
    """Run a proxy on a free loopback port that answers CONNECT.

    Parameters
    ----------
    credentials
        ``user:password`` that a client must send; anyone is served where it is empty.
    refuses
        Answer 403 to whoever may ask.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            state.asked.append(self.path)
            status = state.status(self.headers.get("Proxy-Authorization", ""))
            self.send_response(status)
            if status == 407:
                self.send_header("Proxy-Authenticate", "Basic realm=tests")
            self.end_headers()
            if status == 200:
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port)), timeout=30) as upstream:
                    _tunnel(self.connection, upstream)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = ForwardProxy(f"127.0.0.1:{server.server_port}", credentials, refuses)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _tunnel(client: socket.socket, upstream: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(upstream, client), daemon=True)
    back.start()
    _copy(client, upstream)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # The other side hung up: so does this one.
