"""How long an answer to an admission review takes, beside a handler that reads nothing and answers nothing.

Both are routes of one service in a process of its own, asked in turn over one connection, as an API server
asks::

    PYTHONPATH=. .venv/bin/python -m benchmarks.admission_latency --images 10000 --requests 2000
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import msgspec

from praxi_tasks.admission import Verdicts
from praxi_tasks.findings import Finding, parse_policy
from praxi_tasks.store import documents, keys, open_store

RESULTS: Final = Path(__file__).parent / "results" / "admission_latency.md"
_POLICY: Final = b"fail: [{severity: critical}, {kinds: [unsafe-model]}]"
_EMPTY: Final = "/empty"
_CONTAINERS: Final = 5
_FINDINGS: Final = 20


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=2_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        store_uri = (Path(folder) / "store").as_uri()
        write_audit(store_uri, wanted.images)
        process = multiprocessing.get_context("fork").Process(target=serve, args=(store_uri, listening))
        process.start()
        try:
            times = ask(listening.getsockname()[1], wanted.images, wanted.requests)
        finally:
            process.terminate()
            process.join()
    table = written(times, wanted.images, wanted.requests)
    print(table)
    RESULTS.write_text(table)


def image(number: int) -> str:
    """Return an image's reference."""
    return f"registry.example/shop/app{number}@sha256:{number:064x}"


def write_audit(store_uri: str, count: int) -> None:
    """Write a daily audit of so many images."""
    finding = Finding(kind="vulnerable", id="CVE-1", title="mild", severity="high")
    findings = [msgspec.to_builtins(finding)] * _FINDINGS
    images = [
        {"image": image(number), "digest": f"sha256:{number:064x}", "state": "audited", "findings": findings}
        for number in range(count)
    ]
    document = {"at": "2026-11-28T00:00:00+00:00", "images": images}
    documents.write(open_store(store_uri), keys.run("scheduled__2026-11-28", "findings.json"), document)


def serve(store_uri: str, listening: socket.socket) -> None:
    """Serve both handlers."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from praxi_tasks.serving.admission_routes import AdmissionRoutes

    async def empty(request: Request) -> Response:
        await request.body()
        return Response(b"{}", media_type="application/json")

    verdicts = Verdicts(open_store(store_uri), parse_policy(_POLICY))
    verdicts.refresh(date(2026, 11, 28))
    routes = [*AdmissionRoutes(verdicts, "allow").group().routes, Route(_EMPTY, empty, methods=["POST"])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="warning", access_log=False))
    server.run(sockets=[listening])


def ask(port: int, count: int, requests: int) -> dict[str, list[float]]:
    """Ask both handlers in turn; return how long each answer took, in milliseconds."""
    from praxi_tasks.serving.admission_routes import PATH
    from tests.admission.reviews import pod, review

    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    times: dict[str, list[float]] = {PATH: [], _EMPTY: []}
    for number in range(requests):
        images = [image((number * _CONTAINERS + each) % count) for each in range(_CONTAINERS)]
        body = review("Pod", pod(*images))
        for path, found in times.items():
            begun = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answered = connection.getresponse().read()
            found.append((time.perf_counter() - begun) * 1000)
            if path == PATH and b'"allowed":true' not in answered:
                raise AssertionError(answered)
    return {path: found[len(found) // 10 :] for path, found in times.items()}  # the first warm both up


def written(times: dict[str, list[float]], images: int, requests: int) -> str:
    """Return the table."""
    (_, asked), (_, empty) = times.items()
    rows = [
        f"| {name} | {statistics.median(found):.2f} | {percentile(found):.2f} | {max(found):.2f} |"
        for name, found in (("a pod of five images", asked), ("an empty handler", empty))
    ]
    return f"""# An answer to an admission review

`PYTHONPATH=. .venv/bin/python -m benchmarks.admission_latency --images {images} --requests {requests}`:
milliseconds from the request to the whole answer, over one connection without TLS, with the verdicts of
{images:,} images in memory; {os.cpu_count()} cores whose load was {os.getloadavg()[0]:.0f}. Both were
asked in turn by the same client.

| handler | median | p99 | slowest |
|---|---|---|---|
{chr(10).join(rows)}

The median is {statistics.median(asked) / statistics.median(empty):.2f} times that of the empty handler.
"""


def percentile(found: list[float]) -> float:
    """Return what 99 of 100 are below."""
    return statistics.quantiles(found, n=100)[98]


if __name__ == "__main__":
    main()
