"""What tracing costs: off, against code without it, and on; ``python -m benchmarks.tracing``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from urllib3 import PoolManager

from praxi_tasks.environment import variables
from praxi_tasks.http import Connections, HttpSettings
from praxi_tasks.tracing import ENDPOINT, span, traced_command
from tests.support.otlp import otlp_receiver

RESULTS = Path(__file__).parent / "results" / "tracing.md"
ROUNDS = 15
SPANS, REQUESTS = 20_000, 300
COMMAND = [sys.executable, "-m", "praxi_tasks", "risks", "--store", "file:///nowhere", "list"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


def cpu(work: Callable[[], object]) -> float:
    """Return the seconds of processor that this thread's work takes."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def compared(plain: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of both, measured by turns."""
    pairs = [(cpu(plain), cpu(other)) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in pairs), statistics.median(one for _, one in pairs)


def spans(make: Callable[[], object]) -> Callable[[], None]:
    def work() -> None:
        for _ in range(SPANS):
            with make():  # type: ignore[attr-defined]
                pass

    return work


def requests(pools: PoolManager, url: str) -> Callable[[], None]:
    def work() -> None:
        for _ in range(REQUESTS):
            pools.request("GET", url, headers={"Accept": "*/*"})

    return work


def traced() -> PoolManager:
    return Connections(HttpSettings(), {}).pool("http", "127.0.0.1")


def command(endpoint: str) -> float:
    """Return the seconds of processor that a short command takes."""
    with variables({ENDPOINT: endpoint}):
        before = _children()
        subprocess.run(COMMAND, check=True, capture_output=True)
        return _children() - before


def _children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    rows = []

    def row(what: str, plain: float, other: float, count: int, unit: str = "µs") -> None:
        scale = {"µs": 1e6, "ms": 1e3}[unit] / count
        rows.append(
            f"| {what} | {plain * scale:.2f} {unit} | {other * scale:.2f} {unit} | {other / plain:.2f} |"
        )
        print(rows[-1], flush=True)

    row("a block as a span, off, against `nullcontext`", *compared(spans(nullcontext), spans(_span)), SPANS)
    with server() as url:
        row(
            "a request, off, against urllib3",
            *compared(requests(PoolManager(), url), requests(traced(), url)),
            REQUESTS,
        )
        with otlp_receiver() as receiver:
            given = {ENDPOINT: receiver.url, "PRAXI_TRACE_MAX_SPANS": "99999999"}
            with variables(given), traced_command("benchmark"):
                row("a block as a span, on", *compared(spans(nullcontext), spans(_span)), SPANS)
                row(
                    "a request, on, against urllib3",
                    *compared(requests(PoolManager(), url), requests(traced(), url)),
                    REQUESTS,
                )
    with otlp_receiver() as receiver:
        times = [(command(""), command(receiver.url)) for _ in range(5)]
    off, on = (statistics.median(column) for column in zip(*times, strict=True))
    row("a whole short command (`praxi risks list`), on, against off", off, on, 1, "ms")
    RESULTS.write_text(
        "# What tracing costs\n\n"
        "Processor time of the working thread, medians of 15 rounds by turns with the baseline; of the\n"
        "command, its processes' whole. `python -m benchmarks.tracing` prints it again. On, spans are also\n"
        "encoded and sent by a thread of its own, which is not counted but in the last line.\n\n"
        "| what | baseline | with tracing | ratio |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _span() -> object:
    return span("work")


if __name__ == "__main__":
    main()
