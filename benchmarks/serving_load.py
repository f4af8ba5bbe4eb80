"""The load generator of the service: ``python -m benchmarks.serving_load ADDRESS BODIES RATE SECONDS``.

A rate of 0 asks over all connections as fast as answers come. Prints how many were answered, and how soon.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import numpy as np

CONNECTIONS: Final = 16
PATH: Final = "/v2/models/praxi-layers/infer"


async def measure(address: str, requests: list[bytes], rate: float, seconds: float) -> dict[str, float]:
    host, _, port = address.partition(":")
    due: asyncio.Queue[float | None] = asyncio.Queue()
    times: list[float] = []
    started, failed = time.perf_counter(), 0

    async def ask(number: int) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 24)
        async for moment in _moments(due if rate else None, started + seconds):
            writer.write(requests[(number + len(times)) % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            failed += not head.startswith(b"HTTP/1.1 200")
            times.append(time.perf_counter() - moment)
        writer.close()

    async with asyncio.TaskGroup() as tasks:
        for number in range(CONNECTIONS * (4 if rate else 1)):
            tasks.create_task(ask(number))
        if rate:
            await _schedule(due, rate, started, seconds, CONNECTIONS * 4)
    p50, p99 = (float(value) * 1000 for value in np.percentile(times, [50, 99]))
    elapsed = time.perf_counter() - started
    return {"answered": len(times), "failed": failed, "seconds": elapsed, "p50": p50, "p99": p99}


async def _moments(due: asyncio.Queue[float | None] | None, end: float) -> AsyncIterator[float]:
    """Yield when each request of a connection is due: at once, or when the schedule says."""
    while due is None:
        if (now := time.perf_counter()) >= end:
            return
        yield now
    while (moment := await due.get()) is not None:
        yield moment


async def _schedule(
    due: asyncio.Queue[float | None], rate: float, started: float, seconds: float, connections: int
) -> None:
    """Let requests be due at random moments, as many a second as the rate says."""
    rng, moment = np.random.default_rng(5), started
    while moment < started + seconds:
        moment += rng.exponential(1 / rate)
        await asyncio.sleep(max(moment - time.perf_counter(), 0))
        due.put_nowait(moment)
    for _ in range(connections):
        due.put_nowait(None)


def main(address: str, bodies: str, rate: str, seconds: str) -> None:
    requests = []
    for body in json.loads(Path(bodies).read_text()):
        data = json.dumps(body).encode()
        head = f"POST {PATH} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {len(data)}\r\n\r\n"
        requests.append(head.encode() + data)
    print(json.dumps(asyncio.run(measure(address, requests, float(rate), float(seconds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
