"""Questions to Prometheus, or to anything that speaks its API: Thanos, OpenShift's monitoring, ACM."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseHook

from praxi_airflow.hooks.prometheus_answers import check_response, translated
from praxi_airflow.hooks.prometheus_connection import Endpoint, read_endpoint

if TYPE_CHECKING:
    from prometheus_api_client import PrometheusConnect

logger = logging.getLogger(__name__)
Series = dict[str, Any]


class PrometheusHook(BaseHook):
    """Asks the Prometheus that an Airflow connection names.

    The connection's host is the URL, path prefix included (``https://thanos.example/api/prefix``). Its
    password is a bearer token; with a login too, both are basic authentication. Its extra, in JSON, may
    hold ``verify`` (false to trust any certificate), ``ca`` (path of a CA bundle), ``token_file`` (a token
    that rotates, as a service account's does), ``timeout`` (seconds, 60), ``retries`` (4), ``backoff``
    (factor in seconds, 1) and ``matchers`` (label matchers that every query carries, such as
    ``cluster="prod"`` where one Thanos speaks for many clusters).

    Parameters
    ----------
    conn_id
        Id of the connection.
    """

    conn_name_attr: ClassVar[str] = "conn_id"
    default_conn_name: ClassVar[str] = "praxi_prometheus"
    hook_name: ClassVar[str] = "Prometheus"

    def __init__(self, conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.conn_id = conn_id

    @cached_property
    def endpoint(self) -> Endpoint:
        """What the connection says.

        Raises
        ------
        SettingsError
            If there is no such connection, or it can't be right.
        """
        return read_endpoint(self.conn_id)

    def get_conn(self) -> PrometheusConnect:
        """Return a client whose every request has the connection's timeout, retries and credentials."""
        return _connect(self.endpoint)

    def query(self, expression: str, at: datetime) -> list[Series]:
        """Return the series of an instant query: each has ``metric`` and ``value`` or ``values``.

        Raises
        ------
        PrometheusUnavailableError
            If it is down or overloaded: ask again later.
        QueryTooLargeError
            If the server will not load that much at once.
        PrometheusError
            If it refuses the query or the credentials, or what answers is no Prometheus.
        """
        with self._asking() as client:
            # A Thanos that can't reach a part of its stores must say so rather than leave images out.
            parameters = {"time": f"{at.timestamp():.3f}", "partial_response": "false"}
            answer = client.custom_query(query=expression, params=parameters)
        return list(answer)

    @contextmanager
    def _asking(self) -> Iterator[PrometheusConnect]:
        with translated(self.conn_id, self.endpoint), self.get_conn() as client:
            yield client


def _connect(endpoint: Endpoint) -> PrometheusConnect:
    import requests
    from prometheus_api_client import PrometheusConnect
    from urllib3.util.retry import Retry

    session = requests.Session()
    session.verify = endpoint.verify
    session.trust_env = False
    session.hooks["response"].append(check_response)
    return PrometheusConnect(
        url=endpoint.url,
        headers=endpoint.headers(),
        auth=endpoint.basic,
        session=session,
        timeout=endpoint.timeout,
        retry=Retry(
            total=endpoint.retries,
            backoff_factor=endpoint.backoff,
            status_forcelist=(429, 500, 502, 503, 504),
            raise_on_status=False,
            respect_retry_after_header=True,
        ),
    )
