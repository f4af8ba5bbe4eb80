"""The settings of pushes: where they are told, whose are audited, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from praxi_airflow.settings.section import Section
from praxi_tasks.events import Rules

EventSource = Literal["off", "sqs", "kafka", "redis", "redis-list"]
EVENT_SOURCES: Final[tuple[EventSource, ...]] = ("off", "sqs", "kafka", "redis", "redis-list")
_LONGEST_WINDOW: Final = 1800  # seconds; a place of the next hour is told from one of this hour


@dataclass(frozen=True, kw_only=True)
class EventSettings:
    """Every field is the setting of that name in the ``[praxi]`` section, with ``event_`` before it.

    Attributes
    ----------
    source
        Which kind of queue tells of pushes; ``off`` for none: then only what is posted does.
    queue
        The queue: URL of an SQS queue, topic of Kafka, channel or list of Redis.
    connection
        Id of the Airflow connection to it; empty for the provider's default.
    registries
        Whose images are audited when they are pushed: globs of registries, or of beginnings of repositories.
    window
        How long pushes are gathered for one audit, in seconds.
    hours
        For how many hours a digest is not audited again.
    limit
        How many images are audited in an hour.
    webhook_connection
        Id of the Airflow connection whose password whoever posts to a route must present.
    """

    source: EventSource = "off"
    queue: str = ""
    connection: str = ""
    registries: tuple[str, ...] = ()
    window: int = 10
    hours: int = 24
    limit: int = 200
    webhook_connection: str = "praxi_events"

    @property
    def rules(self) -> Rules:
        """Whose pushes are taken, and how many."""
        return Rules(registries=self.registries, window=self.window, hours=self.hours, limit=self.limit)


def load_event_settings(section: Section) -> EventSettings:
    """Read and check these settings.

    Raises
    ------
    SettingsError
        Naming the one that can't be right, or that is missing.
    """
    source = section.choice("event_source", EVENT_SOURCES, "off")
    queue = section.public_url("event_queue")
    if source != "off" and not queue:
        raise section.wrong("event_queue", "is empty", f"name the queue of {source}, or set event_source")
    window = section.integer("event_window", 10, least=1)
    if window > _LONGEST_WINDOW:
        raise section.wrong("event_window", f"is {window}", f"use at most {_LONGEST_WINDOW}")
    return EventSettings(
        source=source,
        queue=queue,
        connection=section.text("event_connection", ""),
        registries=section.names("event_registries"),
        window=window,
        hours=section.integer("event_hours", 24, least=0),
        limit=section.integer("event_limit", 200, least=1),
        webhook_connection=section.text("event_webhook_connection", "praxi_events"),
    )
