"""Which answers pass if one waits, and for how long a server may make one wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import ClassVar, Final, Self

from urllib3 import Retry
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, ResponseError, SSLError
from urllib3.response import BaseHTTPResponse

from praxi_tasks.trust import certificate_problem

_LASTING: Final = frozenset({501, 505, 511})  # not implemented, another version, a login page before it
PASSING: Final = frozenset({408, 425, 429, *range(500, 600)}) - _LASTING
"""Status codes that another try may not meet again; 509, 52x and 530, which only proxies send, are such."""
LONGEST_WAIT: Final = 60.0
"""Seconds that a server may make one wait."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, given as a number or as a date.

    What is neither asks for nothing, and a date that is past for no wait.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


class BoundedRetry(Retry):
    """Retries that wait a minute at most, for there are the task's own, and none where none can help."""

    gives_up_early: ClassVar[bool] = False
    """Whether none is left where the server asks for more than a minute: its answer is the last then."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Return what is left after a try; a wrong certificate leaves nothing, and is raised."""
        if isinstance(error, SSLError) and certificate_problem(error):
            raise error
        asked = retry_after(response.headers) if self.gives_up_early and response is not None else None
        if asked is not None and asked > LONGEST_WAIT and _pool is not None:
            raise MaxRetryError(_pool, url or "", ResponseError("it asks for a longer wait"))
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the server asks for, within bounds."""
        asked = retry_after(response.headers)
        return None if asked is None else min(asked, LONGEST_WAIT)
