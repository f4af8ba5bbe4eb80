"""The connection that holds the webhook's token, and whether the webhook takes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from airflow.sdk import BaseHook

PATH: Final = "/praxi/webhooks/alertmanager"
_TIMEOUT: Final = 10.0
_EMPTY: Final = {"version": "4", "alerts": []}
"""A notification of Alertmanager without alerts: it starts nothing."""


class WebhookHook(BaseHook):
    """Presents the webhook's token as Alertmanager does.

    The connection's password is the token. Its host is the URL of Airflow's API server, and is used by
    :meth:`test_connection` alone.

    Parameters
    ----------
    conn_id
        Id of the connection.
    """

    conn_name_attr: ClassVar[str] = "conn_id"
    default_conn_name: ClassVar[str] = "praxi_webhook"
    conn_type: ClassVar[str] = "praxi_webhook"
    hook_name: ClassVar[str] = "Praxi webhook"

    def __init__(self, conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.conn_id = conn_id

    def get_conn(self) -> Any:
        """Return a session of requests that presents the token."""
        import requests

        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {self.get_connection(self.conn_id).password or ''}"
        return session

    def test_connection(self) -> tuple[bool, str]:
        """Post a notification without alerts; return whether the webhook took it, and what to do if not."""
        connection = self.get_connection(self.conn_id)
        if not connection.password:
            return False, "the connection has no password: without a token the webhook refuses everybody"
        host = (connection.host or "").strip().rstrip("/")
        if not host:
            return True, "there is a token; give Airflow's URL as the host to test it against the webhook"
        if urlsplit(host).scheme not in {"http", "https"}:
            return False, "the host is no URL: use https://airflow.example"
        return self._post(host + PATH)

    def _post(self, url: str) -> tuple[bool, str]:
        import requests

        try:
            with self.get_conn() as session:
                code = session.post(url, json=_EMPTY, timeout=_TIMEOUT, allow_redirects=False).status_code
        except requests.RequestException as error:
            return False, f"nothing answers at {url}: {type(error).__name__}"
        if code == HTTPStatus.OK:
            return True, "the webhook takes the token"
        if code == HTTPStatus.UNAUTHORIZED:
            return (
                False,
                "the webhook knows another token: save the connection under the id that it reads",
            )
        return False, f"{url} answered {code}: is this Airflow's URL, and is Praxi's plugin loaded there?"
