"""Questions to Prometheus, or to anything that speaks its API: Thanos, OpenShift's monitoring, ACM."""

from __future__ import annotations

import contextlib
import logging
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar, Final

from airflow.sdk import BaseHook

from praxi_airflow.errors import PartialAnswerError, PrometheusUnavailableError
from praxi_airflow.hooks.prometheus_answers import translated
from praxi_airflow.hooks.prometheus_connection import Endpoint, read_endpoint
from praxi_airflow.settings import load_settings
from praxi_tasks.errors import PraxiError

logger = logging.getLogger(__name__)
Series = dict[str, Any]
_NEEDED: Final = "kube_pod_container_info"


class PrometheusHook(BaseHook):
    """Asks the Prometheus that an Airflow connection names.

    The connection's host is the URL, path prefix included (``https://thanos.example/api/prefix``). Its
    password is a bearer token; with a login too, both are basic authentication. Its extra, in JSON, may hold:

    ``verify``, ``ca``
        false to trust any certificate; the path of a CA bundle in place of the setting ``ca_bundle``'s.
    ``cert``, ``key``
        Paths of a client certificate and its key.
    ``token_file``
        A token that rotates, as a service account's does.
    ``headers``
        Headers of every request, such as ``{"X-Scope-OrgID": "tenant"}``.
    ``parameters``
        Query parameters of every request, such as ``{"dedup": "true"}``.
    ``proxy``
        URL of the HTTP proxy before it.
    ``timeout``, ``retries``, ``backoff``
        Seconds (60), tries after the first (4), and their pause's factor in seconds (1).
    ``matchers``
        Label matchers that every query carries, such as ``cluster="prod"``.
    ``cluster``, ``cluster_label``
        The name of the cluster it speaks for; or, of several, the label that tells them apart (``cluster``).
    ``clusters``
        The names of all clusters that there are: one that is not among them is not missed.

    Parameters
    ----------
    conn_id
        Id of the connection.
    accept_partial
        Whether an answer that is not whole is used all the same; ``problems`` then says what it lacks.
    """

    conn_name_attr: ClassVar[str] = "conn_id"
    default_conn_name: ClassVar[str] = "praxi_prometheus"
    conn_type: ClassVar[str] = "praxi_prometheus"
    hook_name: ClassVar[str] = "Prometheus (Praxi)"

    def __init__(self, conn_id: str = default_conn_name, *, accept_partial: bool = False) -> None:
        super().__init__()
        self.conn_id = conn_id
        self.accept_partial = accept_partial
        self.problems: list[str] = []

    @cached_property
    def endpoint(self) -> Endpoint:
        """What the connection says.

        Raises
        ------
        SettingsError
            If there is no such connection, or it can't be right.
        """
        return read_endpoint(self.conn_id, load_settings().ca_bundle)

    def query(self, expression: str, at: datetime) -> list[Series]:
        """Return the series of an instant query: each has ``metric`` and ``value`` or ``values``.

        Raises
        ------
        PrometheusUnavailableError
            If it is down or overloaded: ask again later.
        PartialAnswerError
            If the answer is not whole, unless that is accepted.
        QueryRefusedError
            If the server will not answer this query; a smaller one it may.
        PrometheusError
            If it refuses the credentials, or what answers is no Prometheus.
        """
        from praxi_airflow.hooks.prometheus_client import PrometheusClient

        with translated(self.conn_id, self.endpoint):
            client = PrometheusClient(self.endpoint, self._on_partial)
            with contextlib.closing(client):
                return client.query(expression, at.timestamp())

    def test_connection(self) -> tuple[bool, str]:
        """Ask for the series that an audit needs; return whether there are any, and what to do if not."""
        try:
            matchers = self.endpoint.matchers
            select = f"{_NEEDED}{{{matchers}}}" if matchers else _NEEDED
            counted = self.query(f"count({select})", datetime.now(UTC))
        except PraxiError as error:
            return False, str(error)
        if not counted:
            return False, f"it answers, but has no series {select}: is kube-state-metrics scraped?"
        return True, f"it answers, and has {counted[0]['value'][1]} series {select}"

    def answers(self, at: datetime) -> bool:
        """Return whether it answers the smallest of queries: whether it is up."""
        try:
            return bool(self.query("vector(1)", at))
        except PrometheusUnavailableError:
            return False

    def _on_partial(self, error: PartialAnswerError) -> None:
        if not self.accept_partial:
            raise error
        if error.what not in self.problems:
            logger.warning("connection %s: %s", self.conn_id, error.what)
            self.problems.append(error.what)
