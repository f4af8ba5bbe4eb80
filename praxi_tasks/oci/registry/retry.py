"""Retries with exponential backoff and jitter, honouring Retry-After up to a limit."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from praxi_tasks.errors import RegistryUnavailableError
from praxi_tasks.oci.registry.settings import RegistrySettings

log = logging.getLogger(__name__)
T = TypeVar("T")


def retrying(operation: Callable[[], T], settings: RegistrySettings) -> T:
    """Return what ``operation`` returns, tried again while the registry is unavailable.

    Raises
    ------
    RegistryUnavailableError
        The last attempt's error, or the first whose Retry-After is beyond ``settings.max_wait``.
    """
    for attempt in range(1, settings.attempts):
        try:
            return operation()
        except RegistryUnavailableError as error:
            if error.retry_after is not None and error.retry_after > settings.max_wait:
                raise
            wait = max(pause(attempt, settings), error.retry_after or 0.0)
            log.info("attempt %d: %s; waiting %.1f s", attempt, error, wait)
            time.sleep(wait)
    return operation()


def pause(attempt: int, settings: RegistrySettings) -> float:
    """Return the seconds to wait after the ``attempt``-th failure; many clients don't wait alike."""
    mean = min(settings.backoff * 2.0 ** (attempt - 1), settings.max_wait / 1.5)
    return mean * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
