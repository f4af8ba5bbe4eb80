"""What an Airflow connection says about a Prometheus."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from praxi_airflow.errors import SettingsError
from praxi_tasks.trust import all_authorities

if TYPE_CHECKING:
    from airflow.sdk import Connection

Number = TypeVar("Number", int, float)

CLUSTER_LABEL: Final = "cluster"
# Thanos and VictoriaMetrics must say that a part of their stores is missing rather than leave images out.
_WHOLE_ANSWERS: Final = {"partial_response": "false", "deny_partial_response": "1"}
_EXTRAS: Final = frozenset({
    "backoff", "ca", "cert", "cluster", "cluster_label", "clusters", "headers", "key", "matchers",
    "parameters", "proxy", "retries", "timeout", "token_file", "verify",
})  # fmt: skip
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a Prometheus is and how to ask it; what may be secret never shows in its repr.

    ``certificate`` holds the paths of the client's certificate and key. ``parameters`` go with every query.
    ``cluster`` is the name of the one cluster it speaks for; where it speaks for several, ``cluster_label``
    is the label that tells them apart. ``clusters`` are the names of all that there are; None where nobody
    gave them.
    """

    url: str
    verify: bool | str = True
    timeout: float = 60.0
    retries: int = 4
    backoff: float = 1.0
    matchers: str = ""
    token: str = field(default="", repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=lambda: dict(_WHOLE_ANSWERS))
    certificate: tuple[str, str] | None = None
    proxy: str = field(default="", repr=False)
    cluster: str = ""
    cluster_label: str = CLUSTER_LABEL
    clusters: tuple[str, ...] | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**token, **self.extra_headers}


def read_endpoint(conn_id: str, ca_bundle: str = "") -> Endpoint:
    """Return what the connection ``conn_id`` says.

    Parameters
    ----------
    ca_bundle
        A PEM file of authorities to trust besides the system's, where the connection names none.

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
    return _Reader(conn_id, connection, ca_bundle).endpoint()


class _Reader:
    def __init__(self, conn_id: str, connection: Connection, ca_bundle: str) -> None:
        self._conn_id = conn_id
        self._ca_bundle = ca_bundle
        self._connection = connection
        # Airflow's form stores a field that was left empty as null or as no text.
        self._extra: dict[str, Any] = {
            name: value for name, value in connection.extra_dejson.items() if value not in (None, "")
        }

    def endpoint(self) -> Endpoint:
        connection = self._connection
        unknown = sorted(self._extra.keys() - _EXTRAS)
        if unknown:
            raise self._wrong(
                f"the extra {unknown[0]!r} is not known", f"use some of {', '.join(sorted(_EXTRAS))}"
            )
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
            extra_headers=self._headers(),
            parameters={**_WHOLE_ANSWERS, **self._texts("parameters")},
            certificate=self._certificate(),
            proxy=self._proxy(),
            cluster=str(self._extra.get("cluster", "")).strip(),
            cluster_label=self._label("cluster_label", CLUSTER_LABEL),
            clusters=self._clusters(),
        )

    def _texts(self, name: str) -> dict[str, str]:
        """Return an extra that maps names to texts; numbers and booleans are written as JSON writes them."""
        given = self._extra.get(name, {})
        if not isinstance(given, dict) or not all(isinstance(v, str | int | float) for v in given.values()):
            raise self._wrong(f"the extra {name!r} is no object of texts", 'use {"name": "value"}')
        return {str(key): v if isinstance(v, str) else json.dumps(v) for key, v in given.items()}

    def _headers(self) -> dict[str, str]:
        headers = self._texts("headers")
        for name, value in headers.items():
            if not _HEADER.fullmatch(name) or not value.isprintable() or not value.isascii():
                raise self._wrong(f"the extra 'headers' holds {name!r}", "give headers' names and values")
        return headers

    def _certificate(self) -> tuple[str, str] | None:
        paths = [str(self._extra.get(name, "")) for name in ("cert", "key")]
        if not any(paths):
            return None
        for name, path in zip(("cert", "key"), paths, strict=True):
            if not Path(path).is_file():
                raise self._wrong(f"the extra {name!r} names {path!r}, which is no file", "give a PEM's path")
        return paths[0], paths[1]

    def _proxy(self) -> str:
        proxy = str(self._extra.get("proxy", "")).strip()
        if proxy and (urlsplit(proxy).scheme not in {"http", "https"} or not urlsplit(proxy).hostname):
            raise self._wrong("the extra 'proxy' is no URL", "use http://host:port")
        return proxy

    def _label(self, name: str, default: str) -> str:
        label = str(self._extra.get(name, default))
        if not _LABEL.fullmatch(label):
            raise self._wrong(f"the extra {name!r} is {label!r}", "give the name of a label")
        return label

    def _clusters(self) -> tuple[str, ...] | None:
        if one := str(self._extra.get("cluster", "")).strip():
            if "clusters" in self._extra:
                raise self._wrong("it has both extras 'cluster' and 'clusters'", "give one of them")
            return (one,)
        given = self._extra.get("clusters")
        if given is None:
            return None
        names = given.split(",") if isinstance(given, str) else given
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise self._wrong(f"the extra 'clusters' is {given!r}", 'use ["name", "name"]')
        return tuple(dict.fromkeys(name.strip() for name in names))

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
        return verify and (ca or all_authorities(self._ca_bundle) or True)

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
