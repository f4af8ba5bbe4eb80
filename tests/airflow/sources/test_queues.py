"""The queue that tells of pushes: its watcher in a Dag, and its trigger with a real Redis."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.triggers.base import BaseEventTrigger

from praxi_airflow.assets import PUSHES
from praxi_airflow.errors import SettingsError
from praxi_airflow.settings import EventSettings, load_settings
from praxi_airflow.sources import queues, watched_pushes
from praxi_airflow.sources.redis_list import RedisListTrigger
from praxi_tasks.events import read_message
from tests.airflow.conftest import Configure
from tests.events import bodies
from tests.support.process import free_port
from tests.support.redis_server import redis_client, redis_connection, redis_server

SQS = "https://sqs.eu-central-1.amazonaws.com/123456789012/pushes"


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Run a Redis to which the connection ``praxi_queue`` leads; return its port."""
    with redis_server() as port:
        monkeypatch.setenv("AIRFLOW_CONN_PRAXI_QUEUE", redis_connection(port))
        yield port


@pytest.mark.server
@pytest.mark.needs("redis-server")
def test_a_message_in_redis_is_a_push(redis: int) -> None:
    client = redis_client(redis)

    async def first() -> Any:
        settings = EventSettings(source="redis", queue="pushes", connection="praxi_queue")
        watching = asyncio.ensure_future(anext(trigger_of(settings).run()))
        while not client.publish("pushes", json.dumps(bodies.harbor())):
            await asyncio.sleep(0.05)
        return await watching

    found = read_message(asyncio.run(first()).payload)
    assert [push.digest for push in found.pushes] == [bodies.digest("b")]


@pytest.mark.server
@pytest.mark.needs("redis-server")
def test_messages_of_a_list_wait_and_go_once_they_were_handed_over(redis: int) -> None:
    client = redis_client(redis)
    client.rpush("pushes", json.dumps(bodies.harbor()), b"{\xff")
    trigger = trigger_of(EventSettings(source="redis-list", queue="pushes", connection="praxi_queue"))

    async def two() -> list[Any]:
        events = trigger.run()
        first = await anext(events)
        assert client.llen("pushes") == 2  # who dies now finds them again
        client.rpush("pushes", json.dumps(bodies.ecr()))
        return [first, await anext(events)]

    first, second = (read_message(event.payload) for event in asyncio.run(two()))
    assert ([push.digest for push in first.pushes], first.ignored["malformed"]) == ([bodies.digest("b")], 1)
    assert len(second.pushes) == 1
    assert client.llen("pushes") == 1


@pytest.mark.server
@pytest.mark.needs("redis-server")
def test_a_redis_that_is_away_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(queues, "_POLL", 0.01)
    port = free_port()
    monkeypatch.setenv("AIRFLOW_CONN_PRAXI_QUEUE", redis_connection(port))
    trigger = trigger_of(EventSettings(source="redis-list", queue="pushes", connection="praxi_queue"))

    async def first() -> Any:
        watching = asyncio.ensure_future(anext(trigger.run()))
        while "asking again" not in caplog.text:
            await asyncio.sleep(0.01)
        with redis_server(port):
            client = redis_client(port)
            client.set("pushes", "no list")
            while "WRONGTYPE" not in caplog.text:
                await asyncio.sleep(0.01)
            client.delete("pushes")
            client.rpush("pushes", json.dumps(bodies.harbor()))
            return await watching

    found = read_message(asyncio.run(first()).payload)
    assert [push.digest for push in found.pushes] == [bodies.digest("b")]


@pytest.mark.server
@pytest.mark.needs("redis-server")
def test_a_redis_that_does_not_answer_is_not_waited_for_for_ever(redis: int) -> None:
    trigger = RedisListTrigger("pushes", "praxi_queue", 2)
    assert trigger._client().get_connection_kwargs()["socket_timeout"] > 0


def trigger_of(settings: EventSettings) -> Any:
    """Return the trigger as the triggerer makes it of what a Dag file says."""
    (watcher,) = watched_pushes(settings).watchers
    assert isinstance(watcher.trigger, BaseEventTrigger)
    path, arguments = watcher.trigger.serialize()
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)(**json.loads(json.dumps(arguments)))


def test_a_queue_of_sqs_is_looked_at_often() -> None:
    path, arguments = trigger_of(EventSettings(source="sqs", queue=SQS, connection="aws")).serialize()
    assert path == "airflow.providers.amazon.aws.triggers.sqs.SqsSensorTrigger"
    assert (arguments["sqs_queue"], arguments["aws_conn_id"]) == (SQS, "aws")
    assert arguments["delete_message_on_reception"]
    assert arguments["waiter_delay"] < 10


def test_a_message_of_kafka_is_its_text() -> None:
    body = json.dumps(bodies.ecr())
    assert queues.message_value(SimpleNamespace(value=body.encode)) == body
    assert queues.message_value(SimpleNamespace(value=lambda: None)) == ""


def test_without_a_queue_there_is_no_watcher() -> None:
    assert watched_pushes(EventSettings()) == PUSHES
    assert not PUSHES.watchers


def test_a_provider_that_is_missing_is_named() -> None:
    with pytest.raises(
        SettingsError, match=r"airflow\.providers\.apache\.kafka is not installed.*praxi-airflow\[kafka\]"
    ):
        watched_pushes(EventSettings(source="kafka", queue="pushes"))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"event_source": "redis"}, "EVENT_QUEUE"),
        ({"event_source": "rabbit"}, "EVENT_SOURCE"),
        ({"event_source": "redis", "event_queue": "redis://user:hunter2@host"}, "EVENT_QUEUE"),
        ({"event_window": "0"}, "EVENT_WINDOW"),
        ({"event_window": "3600"}, "EVENT_WINDOW"),
        ({"event_limit": "0"}, "EVENT_LIMIT"),
    ],
)
def test_a_wrong_setting_names_its_variable(given: dict[str, str], named: str, configure: Configure) -> None:
    configure(**given)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert raised.value.where == f"AIRFLOW__PRAXI__{named}"
    assert "hunter2" not in str(raised.value)
