"""A registry in this process that misbehaves on demand, and remembers what it was asked.

>>> hostile.serve("shop", "1.0", image)
>>> hostile.fault(r"/manifests/", Reply(503), Reply(429, headers={"Retry-After": "0"}))

Rules are used in the order they were given, each reply once; after the last one the truth is served.
"""

from __future__ import annotations

import dataclasses
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from urllib3 import HTTPHeaderDict

from tests.support import images


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request as it came in; requests over one connection have the same ``port`` of the client."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    port: int


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer; ``cut`` closes the connection after so many bytes of the body, ``silent`` is none at all."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    cut: int | None = None
    silent: bool = False


Answerer: TypeAlias = Reply | Callable[[Asked], Reply]


class HostileRegistry:
    """What the server answers; ``host`` is ``127.0.0.1:port``.

    ``spell`` changes how header names are written: their case means nothing. ``delay`` is how many seconds it
    takes to read each megabyte that it is sent.
    """

    def __init__(self) -> None:
        self.host = ""
        self.asked: list[Asked] = []
        self.spell: Callable[[str], str] = str
        self.delay = 0.0
        self._truth: dict[str, Reply] = {"/v2/": Reply()}
        self._rules: list[tuple[re.Pattern[str], list[Answerer], bool]] = []
        self._lock = threading.Lock()
        self.closed = threading.Event()

    def serve(self, repository: str, tag: str, manifest: images.Manifest) -> str:
        """Serve an image and return its reference."""
        base = f"/v2/{repository}"
        stored = {**manifest.manifests, manifest.digest: (manifest.media_type, manifest.data)}
        for name, (media_type, data) in stored.items():
            self.put(f"{base}/manifests/{name}", data, media_type)
        self.put(f"{base}/manifests/{tag}", manifest.data, manifest.media_type)
        for digest, data in manifest.blobs.items():
            self.put(f"{base}/blobs/{digest}", data)
        return f"{self.host}/{repository}:{tag}"

    def put(self, path: str, data: bytes, media_type: str = "application/octet-stream") -> None:
        """Serve these bytes at a path."""
        self._truth[path] = Reply(body=data, headers={"Content-Type": media_type})

    def remove(self, path: str) -> None:
        """Serve nothing at a path any more."""
        del self._truth[path]

    def fault(self, pattern: str, *replies: Answerer, forever: bool = False) -> None:
        """Answer requests whose path matches with these replies first; ``forever`` repeats the last."""
        self._rules.append((re.compile(pattern), list(replies), forever))

    def count(self, pattern: str) -> int:
        """How many requests had a path that matches."""
        return sum(bool(re.search(pattern, one.path)) for one in self.asked)

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            for pattern, replies, forever in self._rules:
                if pattern.search(asked.path) and replies:
                    chosen = replies[0] if forever and len(replies) == 1 else replies.pop(0)
                    return chosen if isinstance(chosen, Reply) else chosen(asked)
        return self.truth(asked)

    def truth(self, asked: Asked) -> Reply:
        """What an honest registry answers."""
        found = self._truth.get(asked.path.partition("?")[0])
        if found is None:
            return Reply(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "no such thing"}]}')
        span = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("Range", ""))
        if not span:
            return found
        start = int(span[1])
        total = len(found.body)
        headers = {**found.headers, "Content-Range": f"bytes {start}-{total - 1}/{total}"}
        return Reply(206, found.body[start:], headers)


def _handler(registry: HostileRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            body = self._body(int(self.headers.get("Content-Length", 0)))
            headers = HTTPHeaderDict(self.headers.items())
            reply = registry.answer(Asked(self.command, self.path, headers, body, self.client_address[1]))
            if reply.silent:
                registry.closed.wait()
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(registry.spell(name), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body[: reply.cut])
            if reply.cut is not None:
                self.close_connection = True

        def _body(self, size: int) -> bytes:
            read = b""
            while len(read) < size and (piece := self.rfile.read(min(size - len(read), 1 << 20))):
                read += piece
                time.sleep(registry.delay)
            return read

        do_GET = do_HEAD = do_POST = do_PUT = _respond  # noqa: N815 - the names that http.server looks for

        def log_message(self, *args: Any) -> None:
            """Say nothing: the tests look at ``asked``."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Many threads connect at once; what overflows the queue is sent, and counted, again.
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients under test hang up whenever they have seen enough."""


@contextmanager
def run_hostile_registry(certificate: Path | None = None) -> Iterator[HostileRegistry]:
    """Run one on a free port, with TLS if a PEM file with key and certificate is given."""
    registry = HostileRegistry()
    server = _Server(("127.0.0.1", 0), _handler(registry))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    registry.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        registry.closed.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hostile() -> Iterator[HostileRegistry]:
    """A registry that can be told to misbehave."""
    with run_hostile_registry() as registry:
        yield registry


@pytest.fixture
def elsewhere() -> Iterator[HostileRegistry]:
    """Another host: whatever credentials reach it have leaked."""
    with run_hostile_registry() as registry:
        yield registry
