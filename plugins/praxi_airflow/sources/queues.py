"""The message queue that tells of pushes: a trigger of Airflow's triggerer watches it.

The trigger is that of the provider ``common.messaging``, which knows the queues of the providers that are
installed; a list of Redis, which it does not know, has one of ours. What it hands over, as the payload of an
asset's event, is what each provider makes of a message.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any, Final

from airflow.sdk import Asset, AssetWatcher
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from praxi_airflow.assets import PUSHES
from praxi_airflow.errors import SettingsError
from praxi_airflow.settings import EventSettings
from praxi_airflow.sources.redis_list import RedisListTrigger

_POLL: Final = 2  # seconds between two looks at a queue
_MODULE: Final = "airflow.providers.common.messaging.triggers.msg_queue"
_PROVIDERS: Final = {
    "sqs": "airflow.providers.amazon",
    "kafka": "airflow.providers.apache.kafka",
    "redis": "airflow.providers.redis",
    "redis-list": "airflow.providers.redis",
}
_REDIS: Final = "redis_default"


class QueueTrigger(BaseEventTrigger):
    """Stands for the provider's trigger in a Dag file, which every task reads.

    The provider's imports the clients of all queues, which takes seconds: only the triggerer needs them.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._arguments = arguments

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the provider's trigger, as the triggerer makes it."""
        return f"{_MODULE}.MessageQueueTrigger", self._arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield what the provider's trigger yields."""
        from airflow.providers.common.messaging.triggers.msg_queue import MessageQueueTrigger

        async for event in MessageQueueTrigger(**self._arguments).run():
            yield event


def watched_pushes(settings: EventSettings) -> Asset:
    """Return the asset of pushes, with a watcher of the queue if there is one.

    Raises
    ------
    SettingsError
        If a provider that the queue needs is not installed.
    """
    if settings.source not in _PROVIDERS:
        return PUSHES
    for package in ("airflow.providers.common.messaging", _PROVIDERS[settings.source]):
        if not _is_installed(package):
            raise SettingsError(
                f"setting [praxi] event_source is {settings.source!r}, and {package} is not installed",
                where="AIRFLOW__PRAXI__EVENT_SOURCE",
                action=f"install praxi-airflow[{settings.source.partition('-')[0]}]",
            )
    trigger = _trigger(settings)
    watcher = AssetWatcher(name=f"praxi_pushes_{settings.source}", trigger=trigger)
    return Asset(name=PUSHES.name, uri=PUSHES.uri, group=PUSHES.group, watchers=[watcher])


def message_value(message: Any) -> str:
    """Return the text of a message of Kafka, for its trigger, which hands over what this returns."""
    return bytes(message.value() or b"").decode(errors="surrogateescape")


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # of a package above it
        return False


def _trigger(settings: EventSettings) -> BaseEventTrigger:
    if settings.source == "redis-list":
        return RedisListTrigger(settings.queue, settings.connection or _REDIS, _POLL)
    return QueueTrigger(**_arguments(settings))


def _arguments(settings: EventSettings) -> dict[str, Any]:
    """Return what the trigger of the queue's provider is made of."""
    if settings.source == "sqs":
        given = {"sqs_queue": settings.queue, "max_messages": 10, "num_batches": 10, "waiter_delay": _POLL}
        return {"scheme": "sqs", "aws_conn_id": settings.connection or "aws_default", **given}
    if settings.source == "kafka":
        value = f"{message_value.__module__}.{message_value.__qualname__}"
        given = {"topics": [settings.queue], "apply_function": value, "poll_interval": _POLL}
        return {"scheme": "kafka", "kafka_config_id": settings.connection or "kafka_default", **given}
    given = {"channels": settings.queue, "poll_interval": _POLL}
    return {"scheme": "redis+pubsub", "redis_conn_id": settings.connection or _REDIS, **given}
