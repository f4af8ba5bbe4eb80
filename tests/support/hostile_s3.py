"""An object store in this process that refuses on demand, with the status and the code of the real ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """What is answered instead; the code and what follows it are of the XML document that S3 sends."""

    status: int
    code: str = ""
    more: str = ""
    headers: Mapping[str, str] = {}

    text: bytes = b""

    @property
    def body(self) -> bytes:
        """The answer's body; empty without a code, as of a proxy."""
        if self.text or not self.code:
            return self.text
        return f"<Error><Code>{self.code}</Code>{self.more}</Error>".encode()


class Asked(NamedTuple):
    """A request; ``conditional`` is one that stores an object only if there is none."""

    method: str
    conditional: bool
    path: str = ""


class HostileS3:
    """Keeps what is put; ``refuse`` may answer a request, with None for the truth."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.stored: dict[str, bytes] = {}
        self.refuse: Callable[[Asked], Refusal | None] = lambda _: None

    def answer(self, asked: Asked, path: str, data: bytes) -> tuple[Refusal, bytes]:
        """Do what was asked; return the answer and the object's bytes."""
        self.asked.append(asked.method)
        if refusal := self.refuse(asked):
            return refusal, b""
        if asked.method == "PUT":
            if asked.conditional and path in self.stored:
                return Refusal(412, "PreconditionFailed"), b""
            self.stored[path] = data
            return Refusal(200), b""
        found = self.stored.get(path)
        return (Refusal(404, "NoSuchKey"), b"") if found is None else (Refusal(200), found)


def _handler(store: HostileS3) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            conditional = self.command == "PUT" and self.headers.get("If-None-Match") == "*"
            self._send(*store.answer(Asked(self.command, conditional, self.path), self.path, data))

        def _send(self, answer: Refusal, data: bytes) -> None:
            body = data or answer.body
            self.send_response(answer.status)
            usual = {"ETag": '"e"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"}
            for name, value in {**usual, **answer.headers, "Content-Length": str(len(body))}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _respond  # noqa: N815 - http.server's names

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def hostile_s3() -> Iterator[HostileS3]:
    """Run one on a free port."""
    store = HostileS3()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(store))
    server.daemon_threads = True
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
