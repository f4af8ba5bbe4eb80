"""The workers of one version of the model, and the queue before them.

A worker that is free takes what waits, up to a batch, and leaves the others their share: nothing waits for
a batch to fill. A batch that ends its worker is tried again item by item: what did it is all that is lost.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self

from praxi_tasks.errors import PraxiError
from praxi_tasks.serving.loader import Loader, Worker, WorkerLostError
from praxi_tasks.serving.refusals import BusyError, DeadlineError, UnavailableError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.work import Item, Refusal, Reply
from praxi_tasks.tracing import span

logger = logging.getLogger(__name__)

_LOST: Final = Refusal("lost", "it ended the process that was at it, or took too long or too much memory")
_SMOOTHING: Final = 0.1  # of the mean time of an item
_PAUSE: Final = 1.0  # seconds between two tries to start a worker


@dataclass(slots=True, eq=False)
class _Waiting:
    item: Item
    reply: asyncio.Future[Reply]
    deadline: float
    alone: bool = False

    @property
    def is_wanted(self) -> bool:
        """Whether somebody still waits; who does not any more is told of the deadline."""
        if not self.reply.done() and self.deadline <= time.monotonic():
            self.reply.set_exception(DeadlineError("there was no answer in time"))
        return not self.reply.done()


class Pool:
    """The workers of one version, made by :meth:`start`."""

    def __init__(self, version: str, uri: str, loader: Loader, limits: ServingLimits, workers: int) -> None:
        self.version = version
        self.loaded = loader.loaded
        self.uri = uri
        self._loader = loader
        self._loading = asyncio.Lock()
        self._limits = limits
        self._queue: deque[_Waiting] = deque()
        self._filled = asyncio.Condition()
        self.processes: set[int] = set()
        self._asking = 0
        self._seconds = 0.0
        self._closing = False
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._count = workers
        self._tasks = [asyncio.create_task(self._work()) for _ in range(workers)]

    @classmethod
    async def start(cls, version: str, uri: str, limits: ServingLimits, workers: int) -> Self:
        """Load a version; see :meth:`Loader.start` for errors."""
        return cls(version, uri, await Loader.start(uri, limits.max_worker_bytes), limits, workers)

    @property
    def loader_process(self) -> int:
        """The id of the process that holds the model."""
        return self._loader.process

    @property
    def is_asking(self) -> bool:
        """Whether a worker is at a batch."""
        return self._asking > 0

    @property
    def waiting(self) -> int:
        """How many items wait for a worker."""
        return len(self._queue)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the pool open for the block: who chose it will find it there."""
        self._users += 1
        self._unused.clear()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def ask(self, items: Sequence[Item], deadline: float) -> list[Reply]:
        """Return the replies to items, in their order.

        Parameters
        ----------
        deadline
            Of :func:`time.monotonic`.

        Raises
        ------
        BusyError
            If the queue has no room for them.
        DeadlineError
            If they are not answered by then.
        """
        if len(self._queue) + len(items) > self._limits.max_queue:
            raise BusyError("the queue is full", where=f"version {self.version}", retry_after=self._wait())
        loop = asyncio.get_running_loop()
        waiting = [_Waiting(item, loop.create_future(), deadline) for item in items]
        self._queue.extend(waiting)
        async with self._filled:
            self._filled.notify(len(items))
        replies = asyncio.gather(*(each.reply for each in waiting))
        known: dict[str, str | int] = {"praxi.model": self.loaded.model, "praxi.items": len(items)}
        try:
            with span("predict", attributes=known):
                async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
                    return list(await replies)
        except TimeoutError:
            raise DeadlineError("there was no answer in time") from None
        finally:
            self._forget(waiting)

    async def close(self) -> None:
        """Answer all who chose this pool, then end the workers and the process that holds the model."""
        await self._unused.wait()
        self._closing = True
        async with self._filled:
            self._filled.notify_all()
        await asyncio.gather(*self._tasks)
        await self._loader.close()

    def _forget(self, waiting: Sequence[_Waiting]) -> None:
        """Free the queue of what nobody waits for any more."""
        if all(each.reply.done() and not each.reply.cancelled() for each in waiting):
            return
        for each in waiting:
            each.reply.cancel()
        gone = set(map(id, waiting))
        self._queue = deque(each for each in self._queue if id(each) not in gone)

    def _wait(self) -> int:
        """Return the seconds that the queue takes, as far as the last items tell."""
        return max(1, math.ceil(len(self._queue) * self._seconds / self._count))

    async def _work(self) -> None:
        """Keep one worker at work until the pool closes; start another where it ends."""
        while not (self._closing and not self._queue):
            try:
                worker, number = await self._loader.worker()
            except WorkerLostError:
                self._give_up("no worker can be started")
                await self._load_again()
                continue
            self.processes.add(number)
            try:
                await self._feed(worker, number)
            finally:
                self.processes.discard(number)
                worker.close()

    async def _load_again(self) -> None:
        """Load the model anew where the process that held it is gone; pause where that fails."""
        await asyncio.sleep(_PAUSE)
        async with self._loading:
            if self._closing or self._loader.is_alive:
                return
            try:
                self._loader = await Loader.start(self.uri, self._limits.max_worker_bytes)
            except PraxiError as error:
                logger.warning("version %s: %s", self.version, error)

    async def _feed(self, worker: Worker, number: int) -> None:
        """Give a worker batches until it ends, or the pool closes."""
        while batch := await self._next():
            started = time.monotonic()
            self._asking += 1
            try:
                async with asyncio.timeout(self._limits.max_batch_seconds):
                    replies = await worker.ask([each.item for each in batch])
            except (WorkerLostError, TimeoutError) as error:
                if isinstance(error, TimeoutError):
                    os.kill(number, signal.SIGKILL)  # it is there, at the batch
                self._lost(batch, is_certain=isinstance(error, TimeoutError))
                return
            finally:
                self._asking -= 1
            seconds = (time.monotonic() - started) / len(batch)
            self._seconds += _SMOOTHING * (seconds - self._seconds)
            for each, reply in zip(batch, replies, strict=True):
                if not each.reply.done():
                    each.reply.set_result(reply)

    async def _next(self) -> list[_Waiting]:
        """Wait for something to do; an empty batch ends the worker."""
        while True:
            if batch := self._batch():
                return batch
            if self._closing:
                return []
            async with self._filled:
                if not self._queue and not self._closing:
                    await self._filled.wait()

    def _batch(self) -> list[_Waiting]:
        share = math.ceil(len(self._queue) / self._count)
        batch: list[_Waiting] = []
        while self._queue and len(batch) < min(share, self._limits.max_batch):
            if self._queue[0].alone and batch:
                break
            each = self._queue.popleft()
            if each.is_wanted:
                batch.append(each)
            if each.alone and batch:
                break
        return batch

    def _lost(self, batch: Sequence[_Waiting], *, is_certain: bool) -> None:
        """Refuse the item that ended a worker; where that may be another, or chance, try each once alone."""
        logger.warning("version %s: a worker ended at %d items", self.version, len(batch))
        for each in reversed(batch):
            if each.alone or (is_certain and len(batch) == 1):
                if not each.reply.done():
                    each.reply.set_result(_LOST)
                continue
            each.alone = True
            self._queue.appendleft(each)

    def _give_up(self, why: str) -> None:
        logger.error("version %s: %s", self.version, why)
        while self._queue:
            each = self._queue.popleft()
            if not each.reply.done():
                each.reply.set_exception(UnavailableError(why, where=f"version {self.version}"))
