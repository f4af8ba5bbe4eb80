from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from praxi_airflow.errors import (
    PrometheusError,
    PrometheusUnavailableError,
    QueryTooLargeError,
    RetryableTaskError,
    SettingsError,
    airflow_failures,
)
from praxi_tasks.errors import NotFoundError, PraxiError, RegistryUnavailableError, StoreUnavailableError


@pytest.mark.parametrize(
    "kind", [StoreUnavailableError, RegistryUnavailableError, PrometheusUnavailableError]
)
def test_what_may_pass_is_a_retry(kind: type[PraxiError]) -> None:
    with (
        pytest.raises(RetryableTaskError, match=f"{kind.code}: it happened .here.; do this"),
        airflow_failures(),
    ):
        raise kind("it happened", where="here", action="do this")
    assert not issubclass(RetryableTaskError, AirflowFailException)


@pytest.mark.parametrize("kind", [SettingsError, NotFoundError, PrometheusError, QueryTooLargeError])
def test_what_stays_is_a_failure(kind: type[PraxiError]) -> None:
    with pytest.raises(AirflowFailException, match=f"{kind.code}: it happened"), airflow_failures():
        raise kind("it happened")


@pytest.mark.parametrize(
    "error", [AirflowSkipException("nothing"), AirflowException("mine"), KeyError("defect")]
)
def test_everything_else_passes_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, airflow_failures():
        raise error
    assert caught.value is error
