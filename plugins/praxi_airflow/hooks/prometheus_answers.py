"""What an answer of Prometheus means: a result, a reason to ask again, or a reason to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from urllib3.exceptions import HTTPError

from praxi_airflow.errors import (
    PartialAnswerError,
    PrometheusError,
    PrometheusUnavailableError,
    QueryRefusedError,
    QueryTooLargeError,
)
from praxi_tasks.http import explain
from praxi_tasks.trust import certificate_problem

if TYPE_CHECKING:
    import requests

    from praxi_airflow.hooks.prometheus_connection import Endpoint

_LATER: Final = frozenset({408, 425, 429})
# What limits are answered with: too long for its URL or body, or refused while it was executed.
_TOO_LARGE: Final = frozenset({413, 414, 422, 431})
_BEGINS: Final = b'{"status"'
_ANNOTATION: Final = "PromQL "
_QUOTED: Final = 300


def check_response(response: requests.Response, **_: Any) -> None:
    """Raise a typed error if ``response`` is an error; a hook of requests.

    Raises
    ------
    PrometheusError
        Or one of its kinds; without the connection's name, which :func:`translated` adds.
    """
    if response.ok:
        return
    reason, status = _reason(response), response.status_code
    if status in _TOO_LARGE:
        raise QueryTooLargeError(
            f"it refused the query with {status}: {reason}", action="raise the server's query limits"
        )
    if status in {401, 403}:
        raise PrometheusError(
            f"it refused the credentials with {status}",
            action="check the connection's token, and the headers that its extra gives",
        )
    if status in {405, 501}:
        raise QueryRefusedError(f"it refused the request's method with {status}: {reason}")
    if status >= 500 or status in _LATER:
        raise PrometheusUnavailableError(f"it answered {status}: {reason}")
    kind = QueryRefusedError if status == 400 else PrometheusError
    raise kind(f"it refused the query with {status}: {reason}", action="check the URL and the query")


def read_answer(response: requests.Response) -> Any:
    """Return the JSON of an answer.

    Raises
    ------
    PrometheusUnavailableError
        If it is an answer of Prometheus that breaks off.
    JSONDecodeError
        If it is none.
    """
    try:
        return response.json()
    except ValueError:
        if response.content.lstrip().startswith(_BEGINS):
            raise PrometheusUnavailableError("its answer breaks off", action="see what is between") from None
        raise


def check_whole(answer: Any) -> None:
    """Raise an error if an answer says that it is not whole.

    Thanos, Cortex and Prometheus' remote read put into ``warnings`` what they could not reach; what
    PromQL has to say about a query stands there as well, and is not meant. VictoriaMetrics has ``isPartial``.

    Raises
    ------
    PartialAnswerError
        If a part of the data is missing.
    QueryRefusedError
        If it is an error, though its HTTP status is none.
    """
    if not isinstance(answer, dict):
        return
    if answer.get("status") == "error":
        raise QueryRefusedError(f"it refused the query: {str(answer.get('error', ''))[:_QUOTED]}")
    given = answer.get("warnings") or ()
    warnings = [str(warning) for warning in ((given,) if isinstance(given, str) else given)]
    missing = [warning for warning in warnings if not warning.startswith(_ANNOTATION)]
    if str(answer.get("isPartial")).lower() == "true":
        missing.append("isPartial")
    if missing:
        raise PartialAnswerError(
            f"the answer is not whole: {missing[0][:_QUOTED]}", action="see which of its stores is away"
        )


def checked_series(result: Any) -> list[dict[str, Any]]:
    """Return the series of an answer, each with its samples; a label that is no text is left out.

    Raises
    ------
    ValueError, TypeError, LookupError
        If what answers has another form: a histogram, a scalar, a value that is no number.
    """
    return [_series(one) for one in result]


def _series(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(one["metric"], dict):
        raise TypeError("a series is no object")
    for at, value in one["values"] if "values" in one else [one["value"]]:
        if not math.isfinite(float(at)):
            raise ValueError(f"no time: {at}")
        float(value)
    labels = {name: text for name, text in one["metric"].items() if isinstance(text, str)}
    return {**one, "metric": labels}


@contextmanager
def translated(conn_id: str, endpoint: Endpoint) -> Iterator[None]:
    """Turn everything that asking can raise into a :class:`PrometheusError` that names the connection."""
    import requests

    where = f"connection {conn_id}, {endpoint.url}"
    try:
        yield
    except PrometheusError as error:
        raise type(error)(error.what, where=where, action=error.action) from error
    except requests.exceptions.SSLError as error:
        problem = certificate_problem(error)
        if problem is None:
            raise PrometheusError(
                f"no TLS with it: {str(error)[:_QUOTED]}",
                where=where,
                action="check the URL's scheme and port",
            ) from error
        action = f"{problem.action}; or set the connection's extra 'ca'"
        raise PrometheusError(problem.what, where=where, action=action) from error
    except (requests.exceptions.JSONDecodeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise PrometheusError(
            "what answers is no Prometheus: the answer is not its JSON",
            where=where,
            action="check the host's URL and path, and that the token lets you past a login page",
        ) from error
    except requests.exceptions.ProxyError as error:
        raise _proxy_error(error, where) from error
    except requests.exceptions.RequestException as error:
        what = f"did not answer within {endpoint.timeout:g} s" if _timed_out(error) else "can't be reached"
        raise PrometheusUnavailableError(
            f"it {what} ({type(error).__name__})", where=where, action="check that it is up"
        ) from error


def _proxy_error(error: requests.exceptions.ProxyError, where: str) -> PrometheusError:
    cause = error.args[0] if error.args else None
    failure = explain(cause if isinstance(cause, HTTPError) else HTTPError(str(error)), "server")
    kind = PrometheusUnavailableError if failure.retryable else PrometheusError
    return kind(failure.what, where=where, action="check the connection's extra 'proxy'")


def _timed_out(error: Exception) -> bool:
    """Return whether a timeout is the cause; requests hides one that was retried in its error's reason."""
    import requests
    from urllib3.exceptions import NewConnectionError
    from urllib3.exceptions import TimeoutError as Urllib3Timeout

    reason = getattr(error.args[0], "reason", None) if error.args else None
    # A refused connection is a kind of timeout to urllib3.
    hidden = isinstance(reason, Urllib3Timeout) and not isinstance(reason, NewConnectionError)
    return hidden or isinstance(error, requests.exceptions.Timeout)


def _reason(response: requests.Response) -> str:
    """Return why; what is long has the query in its middle."""
    try:
        text = str(response.json()["error"])
        return text if len(text) <= _QUOTED else f"{text[: _QUOTED // 3]} … {text[-_QUOTED * 2 // 3 :]}"
    except (ValueError, LookupError, TypeError):
        return response.reason or "no reason given"
