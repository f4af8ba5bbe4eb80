"""Watches a list of Redis, which keeps its messages for who does not look at the moment.

The provider's own trigger listens to a channel, and what is published while it does not is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

_MOST: Final = 50
"""How many messages one event carries."""


class RedisListTrigger(BaseEventTrigger):
    """Yields the messages at the head of a list, and takes them off it once they were handed over.

    So a message may come twice where the triggerer dies in between, and never gets lost on the way to it.

    Parameters
    ----------
    queue
        The list's key; whoever tells of pushes appends to it (``RPUSH``).
    redis_conn_id
        Id of the Airflow connection to Redis.
    poll_interval
        Seconds between two looks at an empty list.
    """

    def __init__(self, queue: str, redis_conn_id: str, poll_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.queue = queue
        self.redis_conn_id = redis_conn_id
        self.poll_interval = poll_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how the triggerer makes it."""
        arguments = {
            "queue": self.queue,
            "redis_conn_id": self.redis_conn_id,
            "poll_interval": self.poll_interval,
        }
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield what the list holds, as long as it is watched."""
        from airflow.providers.redis.hooks.redis import RedisHook
        from asgiref.sync import sync_to_async

        client = await sync_to_async(RedisHook(redis_conn_id=self.redis_conn_id).get_conn)()
        head, drop = sync_to_async(client.lrange), sync_to_async(client.ltrim)
        while True:
            messages = await head(self.queue, 0, _MOST - 1)
            if messages:
                texts = [bytes(each).decode(errors="surrogateescape") for each in messages]
                yield TriggerEvent(texts)  # type: ignore[no-untyped-call]
                await drop(self.queue, len(messages), -1)
            else:
                await asyncio.sleep(self.poll_interval)
