"""An event loop in a thread of its own, for servers that live inside a test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import web

T = TypeVar("T")


class LoopThread:
    """Runs coroutines, and the HTTP servers they start, until closed."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, T], *, seconds: float = 120) -> T:
        """Run a coroutine there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=seconds)

    def call(self, function: Callable[[], object]) -> None:
        """Call a function there soon."""
        self._loop.call_soon_threadsafe(function)

    def close(self) -> None:
        """End the loop, and first what still runs on it."""
        self.do(_end_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _end_the_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def serve(handler: Any, host: str) -> tuple[web.ServerRunner, int]:
    """Serve a handler of requests on a free port; return what stops it, and the port."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    return runner, int(runner.addresses[0][1])
