"""A web server with fixed answers, for package indexes of the tests' own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple


class Answer(NamedTuple):
    """An answer; an empty ``kind`` sends no media type, ``cut`` ends the body after so many bytes."""

    data: bytes
    kind: str = "application/octet-stream"
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    cut: int | None = None


class Site:
    """Answers by path; ``asked`` lists what was asked for, with the Authorization header.

    ``spell`` changes how header names are written: their case means nothing. ``parts`` says whether it gives
    parts of files, and ``ranges`` lists those that were asked for.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.spell: Callable[[str], str] = str
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str]] = []
        self.parts = False
        self.ranges: list[str] = []


def _part(answer: Answer, wanted: str) -> Answer:
    """Return the part of an answer that a header Range asks for."""
    start, end = wanted.removeprefix("bytes=").split("-")
    size = len(answer.data)
    first = int(start) if start else max(size - int(end), 0)
    last = min(int(end), size - 1) if start and end else size - 1
    told = {"Content-Range": f"bytes {first}-{last}/{size}", **answer.headers}
    return answer._replace(data=answer.data[first : last + 1], status=206, headers=told)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients under test hang up when they have seen enough."""


@contextmanager
def site(certificate: Path | None = None) -> Iterator[Site]:
    """Run a site on a free loopback port, over TLS if a certificate with its key is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers.get("Authorization", "")))
            answer = self._answer()
            self.wfile.write(answer.data[: answer.cut])

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def _answer(self) -> Answer:
            answer = made.answers.get(self.path, Answer(b"nothing", "text/plain", 404))
            wanted = self.headers.get("Range", "")
            if wanted:
                made.ranges.append(wanted)
            if wanted and made.parts and answer.status == 200:
                answer = _part(answer, wanted)
            self.send_response(answer.status)
            kind = {"Content-Type": answer.kind} if answer.kind else {}
            for name, value in {**kind, "Content-Length": str(len(answer.data)), **answer.headers}.items():
                self.send_header(made.spell(name), value)
            self.end_headers()
            return answer

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    made = Site(f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
