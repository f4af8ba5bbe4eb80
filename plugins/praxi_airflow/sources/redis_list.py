"""Watches a list of Redis, which keeps its messages for who does not look at the moment.

The provider's own trigger listens to a channel, and what is published while it does not is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from praxi_tasks.printable import printable

logger = logging.getLogger(__name__)

_MOST: Final = 50
"""How many messages one event carries."""
_TIMEOUTS: Final = {"socket_connect_timeout": 5.0, "socket_timeout": 20.0}
_LONGEST_PAUSE: Final = 60.0
_SHOWN: Final = 200


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
        """Yield what the list holds, as long as it is watched.

        A Redis that is away is asked again, ever more seldom: Airflow would start a trigger that fails anew
        each second.
        """
        from asgiref.sync import sync_to_async
        from redis.exceptions import RedisError

        client = await sync_to_async(self._client)()
        head, drop = sync_to_async(client.lrange), sync_to_async(client.ltrim)
        pause = self.poll_interval
        while True:
            try:
                messages = await head(self.queue, 0, _MOST - 1)
                if messages:
                    texts = [bytes(each).decode(errors="surrogateescape") for each in messages]
                    yield TriggerEvent(texts)  # type: ignore[no-untyped-call]
                    await drop(self.queue, len(messages), -1)
                else:
                    await asyncio.sleep(self.poll_interval)
                pause = self.poll_interval
            except RedisError as error:
                what = printable(f"{type(error).__name__}: {error}", _SHOWN)
                logger.warning("the list %s: %s; asking again in %.0f s", self.queue, what, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _client(self) -> Any:
        """Return a client that waits for no answer for ever, as the hook's would."""
        from airflow.providers.redis.hooks.redis import RedisHook

        client = RedisHook(redis_conn_id=self.redis_conn_id).get_conn()  # type: ignore[no-untyped-call]
        client.connection_pool.connection_kwargs.update(_TIMEOUTS)
        return client
