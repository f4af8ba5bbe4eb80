"""What can go wrong on the Airflow side, in the same shape as ``praxi_tasks.errors``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from praxi_tasks.errors import PraxiError, UsageError


class SettingsError(UsageError):
    """A setting of the ``[praxi]`` section, or an Airflow connection, can't be right."""

    code = "bad-setting"


class PrometheusError(PraxiError):
    """Prometheus refused the question, or what answered is no Prometheus."""

    code = "prometheus"


class PrometheusUnavailableError(PrometheusError):
    """Prometheus can't answer now: refused connection, timeout, 408, 429 or 5xx."""

    code = "prometheus-unavailable"
    retryable = True


class PartialAnswerError(PrometheusUnavailableError):
    """The server answered with what it could reach: a part of its stores or of the data is missing."""

    code = "partial-answer"


class QueryRefusedError(PrometheusError):
    """The server refuses this query; whether a smaller one is answered is seen by asking."""

    code = "query-refused"


class QueryTooLargeError(QueryRefusedError):
    """A query would load more, be longer, or take more time, than the server allows."""

    code = "query-too-large"


class NotAllowedError(PraxiError):
    """A page was asked for something that a setting does not allow."""

    code = "not-allowed"


class TooOftenError(PraxiError):
    """A user asks for more than the limit of an hour."""

    code = "too-often"
    retryable = True


class NotStartedError(PraxiError):
    """Airflow did not start the run that a page asked for."""

    code = "not-started"


class ClusterError(PraxiError):
    """Kubernetes refused the question, or there is no cluster to ask."""

    code = "cluster"


class ClusterUnavailableError(ClusterError):
    """Kubernetes can't answer now."""

    code = "cluster-unavailable"
    retryable = True


class RetryableTaskError(AirflowException):
    """A command ended in a way that a later try may not: Airflow retries the task."""


@contextlib.contextmanager
def airflow_failures() -> Iterator[None]:
    """Turn a final :class:`PraxiError` into Airflow's fail, a retryable one into its retry.

    Raises
    ------
    AirflowFailException
        For a final error: retries would give the same answer.
    RetryableTaskError
        For a retryable one.
    """
    try:
        yield
    except PraxiError as error:
        kind = RetryableTaskError if error.retryable else AirflowFailException
        raise kind(f"{error.code}: {error}") from error
