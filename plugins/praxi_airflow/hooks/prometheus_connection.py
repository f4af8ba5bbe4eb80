"""What an Airflow connection says about a Prometheus."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from praxi_airflow.errors import SettingsError

if TYPE_CHECKING:
    from airflow.sdk import Connection

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a Prometheus is and how to ask it; ``token`` and ``basic`` never show in its repr."""

    url: str
    verify: bool | str = True
    timeout: float = 60.0
    retries: int = 4
    backoff: float = 1.0
    matchers: str = ""
    token: str = field(default="", repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def read_endpoint(conn_id: str) -> Endpoint:
    """Return what the connection ``conn_id`` says.

    Raises
    ------
    SettingsError
        If there is no such connection, or a part of it can't be right.
    """
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise SettingsError(
            "there is no such connection",
            where=f"connection {conn_id}",
            action=f"add it to Airflow, or set AIRFLOW_CONN_{conn_id.upper()}",
        ) from None
    return _Reader(conn_id, connection).endpoint()


class _Reader:
    def __init__(self, conn_id: str, connection: Connection) -> None:
        self._conn_id = conn_id
        self._connection = connection
        self._extra: dict[str, Any] = connection.extra_dejson

    def endpoint(self) -> Endpoint:
        connection = self._connection
        basic = (connection.login, connection.password or "") if connection.login else None
        return Endpoint(
            url=self._url(),
            verify=self._verify(),
            timeout=self._number("timeout", 60.0, float, above=0),
            retries=self._number("retries", 4, int, above=-1),
            backoff=self._number("backoff", 1.0, float, above=-1),
            matchers=str(self._extra.get("matchers", "")).strip(" ,"),
            token=self._token() if basic is None else "",
            basic=basic,
        )

    def _wrong(self, what: str, action: str) -> SettingsError:
        return SettingsError(what, where=f"connection {self._conn_id}", action=action)

    def _url(self) -> str:
        connection = self._connection
        host = (connection.host or "").strip()
        if not host:
            raise self._wrong("the connection has no host", "give Prometheus' URL as the host")
        if "://" not in host:
            web = ("http", "https")
            scheme = next((part for part in (connection.schema, connection.conn_type) if part in web), "http")
            host = f"{scheme}://{host}"
        parts = urlsplit(host)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise self._wrong(
                "the connection's host is no URL", "use http://host:port or https://host/prefix"
            )
        if parts.username is not None or parts.query or parts.fragment:
            raise self._wrong(
                "the connection's host holds more than a URL", "put credentials into login and password"
            )
        port = f":{connection.port}" if connection.port and ":" not in parts.netloc.rpartition("]")[2] else ""
        prefix = connection.schema if connection.schema not in {None, "", "http", "https"} else ""
        return "/".join(
            part.strip("/")
            for part in (f"{parts.scheme}://{parts.netloc}{port}", parts.path, prefix or "")
            if part
        )

    def _verify(self) -> bool | str:
        ca = self._extra.get("ca", "")
        if ca and not Path(ca).is_file():
            raise self._wrong(f"the extra 'ca' names {ca!r}, which is no file", "give a CA bundle's path")
        verify = self._extra.get("verify", True)
        if not isinstance(verify, bool):
            raise self._wrong(f"the extra 'verify' is {verify!r}", "use true or false; a path goes to 'ca'")
        return ca if verify and ca else verify

    def _token(self) -> str:
        path = self._extra.get("token_file", "")
        if not path:
            return self._connection.password or ""
        try:
            return Path(path).read_text(encoding="ascii").strip()
        except (OSError, UnicodeError):
            raise self._wrong(
                f"the extra 'token_file' names {path!r}, which can't be read", "give a token's path"
            ) from None

    def _number(self, name: str, default: Number, kind: Callable[[Any], Number], *, above: float) -> Number:
        given = self._extra.get(name, default)
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            number = kind(given)
            if above < number < float("inf") and not isinstance(given, bool):
                return number
        raise self._wrong(f"the extra {name!r} is {given!r}", f"use a number above {above:g}")
