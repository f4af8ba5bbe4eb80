"""From what registries told to runs of the audit: the tasks of ``praxi_on_push``."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from airflow.sdk import PokeReturnValue

from praxi_airflow.errors import airflow_failures
from praxi_airflow.hooks import connected_store
from praxi_airflow.settings import load_settings
from praxi_tasks.errors import EventError
from praxi_tasks.events import Notices, gathered, read_message, take, window_end
from praxi_tasks.printable import printable

logger = logging.getLogger(__name__)

POKE_SECONDS: Final = 30
"""For how long a task waits for a window's end, and how long after one look at a longer window the next is.

Airflow hears of a process's end up to five seconds later than of its task's, and takes a task for killed
that it queues anew before that: so no look is as soon after another.
"""
_PAYLOAD: Final = "payload"


def take_pushes(**context: Any) -> list[str]:
    """Take in what the events say that started the run.

    Returns
    -------
    list of str
        The windows in which the images are audited; none if nothing is to be audited.

    Raises
    ------
    RetryableTaskError
        If the store is down.
    """
    with airflow_failures():
        settings = load_settings()
        notices = Notices.together(_told(_messages(context)))
        found = take(connected_store(settings), notices.pushes, settings.events.rules)
    logger.info("pushes: %s; other events: %s", found, notices.ignored or "none")
    if found.left:
        logger.warning(
            "%d images found no place in this hour or the next and are left to the daily audit: see the "
            "setting event_limit",
            found.left,
        )
    return list(found.windows)


def gather_pushes(window: str) -> PokeReturnValue:
    """Say how to audit the images of a window, once that is over; wait here for one that soon is.

    All runs that took an image into the window say the same: Airflow starts one run of them.
    """
    left = (window_end(window) - datetime.now(UTC)).total_seconds()
    if left > POKE_SECONDS:
        return PokeReturnValue(is_done=False)
    time.sleep(max(left, 0))
    with airflow_failures():
        images = gathered(connected_store(load_settings()), window)
    return PokeReturnValue(
        is_done=True, xcom_value={"trigger_run_id": f"push__{window}", "conf": {"images": list(images)}}
    )


def _messages(context: Mapping[str, Any]) -> Iterator[object]:
    """Yield what the events carry that started a run."""
    for events in (context.get("triggering_asset_events") or {}).values():
        for event in events:
            extra = dict(event.extra or {})
            yield extra.get(_PAYLOAD, extra)


def _told(messages: Iterable[object]) -> Iterator[Notices]:
    """Yield what each message tells: one that can't be read keeps nobody from the others."""
    for message in messages:
        try:
            yield read_message(message)
        except EventError as error:
            logger.warning("%s", printable(str(error)))
            yield Notices.of(["malformed"])
