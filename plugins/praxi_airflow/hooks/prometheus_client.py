"""The client of a Prometheus: every request with the connection's time-out, retries and credentials."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import requests

from praxi_airflow.errors import PartialAnswerError, PrometheusError
from praxi_airflow.hooks.prometheus_answers import check_response, check_whole, checked_series, read_answer
from praxi_tasks.http import PASSING, BoundedRetry, redact_url, same_host
from praxi_tasks.printable import printable

if TYPE_CHECKING:
    from praxi_airflow.hooks.prometheus_connection import Endpoint

logger = logging.getLogger(__name__)

_REDIRECTS: Final = 3

_LONGEST_URL: Final = 4000
"""Characters of a query that are sent in the URL, which any proxy lets pass; a longer one is a form."""


class PrometheusClient:
    """Asks instant queries; to be closed.

    Parameters
    ----------
    endpoint
        What the connection says.
    on_partial
        Called with the error where an answer says that it is not whole; raising it refuses the answer.
    """

    def __init__(self, endpoint: Endpoint, on_partial: Callable[[PartialAnswerError], None]) -> None:
        from prometheus_api_client import PrometheusConnect

        self._endpoint = endpoint
        self._on_partial = on_partial
        self._session = requests.Session()
        self._session.verify = endpoint.verify
        self._session.cert = endpoint.certificate
        self._session.trust_env = False
        self._session.hooks["response"] = [check_response, self._check_whole]
        self._connect = PrometheusConnect(
            url=endpoint.url,
            headers=endpoint.headers(),
            auth=endpoint.basic,
            session=self._session,
            timeout=endpoint.timeout,
            proxy={"http": endpoint.proxy, "https": endpoint.proxy} if endpoint.proxy else None,
            retry=BoundedRetry(
                total=endpoint.retries,
                backoff_factor=endpoint.backoff,
                status_forcelist=PASSING,
                raise_on_status=False,
                allowed_methods=("GET", "POST"),
            ),
        )

    def query(self, expression: str, seconds: float) -> list[dict[str, Any]]:
        """Return the series of an instant query at a time in seconds since 1970.

        Raises
        ------
        PrometheusError
            Or whatever requests and reading JSON raise; see
            :func:`~praxi_airflow.hooks.prometheus_answers.translated`.
        """
        for number in range(self._endpoint.retries):
            try:
                return self._ask(expression, seconds)
            except requests.exceptions.ChunkedEncodingError:
                # A request that gets no answer is repeated by urllib3; not one whose answer ends too soon.
                pause = self._endpoint.backoff * 2**number
                logger.warning("an answer of Prometheus ended too soon; asking again in %.1f s", pause)
                time.sleep(pause)
        return self._ask(expression, seconds)

    def _ask(self, expression: str, seconds: float) -> list[dict[str, Any]]:
        parameters = {"time": f"{seconds:.3f}", **self._endpoint.parameters}
        if len(expression) <= _LONGEST_URL:
            return checked_series(self._connect.custom_query(query=expression, params=parameters))
        response = self._post({"query": expression, **parameters})
        return checked_series(response.json()["data"]["result"])

    def _post(self, form: dict[str, str]) -> requests.Response:
        """Send a form, and again to where its host redirects it: requests would leave the form out there."""
        url = f"{self._endpoint.url}/api/v1/query"
        for _ in range(_REDIRECTS + 1):
            response = self._session.post(
                url,
                data=form,
                headers=self._endpoint.headers(),
                auth=self._endpoint.basic,
                timeout=self._endpoint.timeout,
                allow_redirects=False,
            )
            if not response.is_redirect:
                return response
            url = _next(url, response.headers["Location"])
        raise PrometheusError("it redirects too often", action="check the host's URL")

    def close(self) -> None:
        """Give the connections back."""
        self._connect.close()

    def _check_whole(self, response: requests.Response, **_: Any) -> None:
        if response.is_redirect:
            return
        try:
            check_whole(read_answer(response))
        except PartialAnswerError as error:
            self._on_partial(error)


def _next(url: str, target: str) -> str:
    """Return where a redirect leads; never back from TLS, nor to another host: a login page, mostly."""
    place = same_host(url, target)
    if place is None:
        raise PrometheusError(
            f"it redirects to {printable(redact_url(target))}",
            action="check the host's URL, and that the token lets you past a login page",
        )
    return place
