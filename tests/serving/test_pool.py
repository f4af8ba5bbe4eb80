"""The workers of a version: what ends one harms nobody else, and the queue has an end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from praxi_tasks.errors import ModelError
from praxi_tasks.serving.pool import Pool
from praxi_tasks.serving.refusals import BusyError, DeadlineError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.work import Answer, Fingerprint, Item, Layer, Refusal
from tests.support.packages import SHOP, SITE

T = TypeVar("T")

pytestmark = pytest.mark.slow

SHOP_LAYER = Layer("", "\0".join(f"{SITE}/{path}" for path in SHOP.files).encode())


def with_pool(uri: str, use: Callable[[Pool], Awaitable[T]], workers: int = 1, **limits: int) -> T:
    async def run() -> T:
        pool = await Pool.start("1", uri, ServingLimits(**limits), workers)
        try:
            return await use(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


def soon() -> float:
    return time.monotonic() + 60


def is_shop(reply: Any) -> bool:
    return isinstance(reply, Answer) and reply.labels[0].startswith("pypi/shoplib")


def test_replies_come_in_the_order_of_the_items(model_uri: str) -> None:
    items: list[Item] = [SHOP_LAYER, Layer("", b"etc/motd"), Fingerprint("", b"no tagset"), SHOP_LAYER]
    first, second, third, fourth = with_pool(model_uri, lambda pool: pool.ask(items, soon()), workers=2)
    assert is_shop(first)
    assert is_shop(fourth)
    assert isinstance(second, Answer)
    assert second.labels == []
    assert isinstance(third, Refusal)
    assert (third.code, third.internal) == ("corrupt-object", False)


def test_a_worker_that_dies_is_replaced_and_its_batch_done_again(model_uri: str) -> None:
    async def use(pool: Pool) -> list[Any]:
        before = await pool.ask([SHOP_LAYER], soon())
        (number,) = pool.processes
        os.kill(number, signal.SIGSTOP)  # it dies with the batch in its hands
        asked = asyncio.create_task(pool.ask([SHOP_LAYER] * 5, soon()))
        while not pool.is_asking:
            await asyncio.sleep(0.01)
        os.kill(number, signal.SIGKILL)
        return [*before, *await asked]

    assert all(map(is_shop, with_pool(model_uri, use)))


def test_an_item_that_takes_too_long_is_all_that_is_lost(model_uri: str) -> None:
    # Four seconds or more, on fast machines too.
    slow = Layer("", b"\0".join(b"usr/lib/f%d" % number for number in range(2_000_000)))

    first, second, third = with_pool(
        model_uri, lambda pool: pool.ask([SHOP_LAYER, slow, SHOP_LAYER], soon()), max_batch_seconds=1
    )
    assert is_shop(first)
    assert is_shop(third)
    assert isinstance(second, Refusal)
    assert second.code == "lost"


def test_a_layer_that_needs_too_much_memory_is_refused(model_uri: str) -> None:
    large = Layer("", b"\0".join(b"usr/lib/f%d" % number for number in range(300_000)))
    first, second = with_pool(
        model_uri, lambda pool: pool.ask([large, SHOP_LAYER], soon()), max_worker_bytes=24 << 20
    )
    assert isinstance(first, Refusal)
    assert is_shop(second)


def test_a_full_queue_says_when_to_come_again(model_uri: str) -> None:
    async def use(pool: Pool) -> BusyError:
        (number,) = await _processes(pool)
        os.kill(number, signal.SIGSTOP)
        asked = asyncio.create_task(pool.ask([SHOP_LAYER] * 10, soon()))
        await asyncio.sleep(0)
        with pytest.raises(BusyError) as refused:
            await pool.ask([SHOP_LAYER] * 10, soon())
        os.kill(number, signal.SIGCONT)
        assert all(map(is_shop, await asked))
        return refused.value

    assert with_pool(model_uri, use, max_queue=10).retry_after >= 1


def test_nothing_is_done_for_who_is_gone_or_late(model_uri: str) -> None:
    async def use(pool: Pool) -> None:
        (number,) = await _processes(pool)
        os.kill(number, signal.SIGSTOP)
        busy = asyncio.create_task(pool.ask([SHOP_LAYER], soon()))
        while not pool.is_asking:
            await asyncio.sleep(0.01)
        gone = asyncio.create_task(pool.ask([SHOP_LAYER] * 4, soon()))
        await asyncio.sleep(0)
        assert pool.waiting == 4
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert pool.waiting == 0
        with pytest.raises(DeadlineError):
            await pool.ask([SHOP_LAYER], time.monotonic() + 0.05)
        assert pool.waiting == 0
        os.kill(number, signal.SIGCONT)
        assert all(map(is_shop, await busy))

    with_pool(model_uri, use)


def test_the_process_that_holds_the_model_may_die(model_uri: str) -> None:
    async def use(pool: Pool) -> list[Any]:
        await pool.ask([SHOP_LAYER], soon())
        os.kill(pool.loader_process, signal.SIGKILL)
        for number in pool.processes:
            os.kill(number, signal.SIGKILL)
        while True:
            replies = await asyncio.gather(pool.ask([SHOP_LAYER], soon()), return_exceptions=True)
            if isinstance(replies[0], list):
                return replies[0]

    assert all(map(is_shop, with_pool(model_uri, use)))


def test_a_model_that_is_none_is_a_typed_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    nothing = (tmp_path_factory.mktemp("nothing") / "model").as_uri()
    with pytest.raises(ModelError):
        with_pool(nothing, lambda pool: pool.ask([SHOP_LAYER], soon()))


async def _processes(pool: Pool) -> list[int]:
    """Wait until the pool's worker is there."""
    await pool.ask([SHOP_LAYER], soon())
    return list(pool.processes)
