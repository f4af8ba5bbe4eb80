"""A small reverse proxy that asks for a token, and that can be told to misbehave."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus


@dataclass(frozen=True)
class Answer:
    """An answer that the proxy gives of its own instead of asking the server behind it."""

    status: int
    body: str = ""
    kind: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False


SILENCE = Answer(0, silent=True)


@dataclass
class Proxy:
    """What runs: its URL, what it will answer next, and what it was asked.

    ``judge`` sees each request, decoded, and may refuse it; ``headers`` are the last one's.
    """

    url: str
    token: str
    prefix: str
    next_answers: list[Answer] = field(default_factory=list)
    always: Answer | None = None
    judge: Callable[[str], Answer | None] = lambda _: None
    seen: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, authorization: str) -> Answer | None:
        self.seen.append(path)
        if self.next_answers:
            return self.next_answers.pop(0)
        if self.always is not None:
            return self.always
        if refusal := self.judge(unquote_plus(path)):
            return refusal
        if self.token and authorization != f"Bearer {self.token}":
            return Answer(401, "Unauthorized", "text/plain")
        if not path.startswith(self.prefix):
            return Answer(404, "404 page not found", "text/plain")
        return None


@contextmanager
def proxy(upstream: str, *, token: str = "", prefix: str = "") -> Iterator[Proxy]:
    """Run a proxy on a free loopback port before ``upstream``, below the path ``prefix``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.path = f"{self.path}?{form}"
            self.do_GET()

        def do_GET(self) -> None:
            state.headers = dict(self.headers)
            answer = state.answer(self.path, self.headers.get("Authorization", ""))
            if answer is None:
                self._forward()
            elif answer.silent:
                state.done.wait()
            else:
                self._send(answer)

        def _forward(self) -> None:
            try:
                with urllib.request.urlopen(upstream + self.path[len(prefix) :], timeout=30) as response:
                    self._send(Answer(response.status, response.read().decode(), "application/json"))
            except urllib.error.HTTPError as error:
                self._send(Answer(error.code, error.read().decode(), "application/json"))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Proxy(f"http://127.0.0.1:{server.server_port}{prefix}", token, prefix)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        state.done.set()
        server.shutdown()
        server.server_close()
        thread.join()
