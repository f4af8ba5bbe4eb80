"""The settings that :mod:`praxi_airflow.settings.events` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

_SINCE: Final = "0.2.0"

OPTIONS: Final = (
    Option(
        "event_source",
        "Which kind of message queue tells that images were pushed: ``sqs``, ``kafka``, ``redis``, "
        "``redis-list``, or none (``off``): then only what is posted to Airflow's routes does.",
        default="off",
        example="sqs",
        version_added=_SINCE,
    ),
    Option(
        "event_queue",
        "The queue: the URL of an SQS queue, a topic of Kafka, a channel or a list of Redis.",
        example="https://sqs.eu-central-1.amazonaws.com/123456789012/pushes",
        version_added=_SINCE,
    ),
    Option(
        "event_connection",
        "Id of the Airflow connection to the queue. By default the provider's own.",
        example="praxi_queue",
        version_added=_SINCE,
    ),
    Option(
        "event_registries",
        "Whose images are audited when they are pushed: registries, or beginnings of repositories in them, "
        "as globs, separated by commas. By default none.",
        example="registry.example.org, quay.io/shop",
        version_added=_SINCE,
    ),
    Option(
        "event_window",
        "For how many seconds pushes are gathered for one audit.",
        default="10",
        example="60",
        kind="integer",
        version_added=_SINCE,
    ),
    Option(
        "event_hours",
        "For how many hours a digest that was audited when it was pushed is not audited again.",
        default="24",
        example="6",
        kind="integer",
        version_added=_SINCE,
    ),
    Option(
        "event_limit",
        "How many images are audited in an hour because they were pushed. Those beyond it wait for the next "
        "hour, and beyond that for the daily audit.",
        default="200",
        example="50",
        kind="integer",
        version_added=_SINCE,
    ),
    Option(
        "event_webhook_connection",
        "Id of the Airflow connection whose password registries present when they post a push: as a bearer "
        "token or as the password of basic authentication. It has at least 16 characters; two may be valid, "
        "with a blank between them.",
        default="praxi_events",
        example="registry_webhooks",
        version_added=_SINCE,
    ),
)
