"""Alertmanager's API, version 2, as far as an alerting program needs it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from praxi_tasks.environment import read_text, words
from praxi_tasks.errors import HttpError, NotifyError, UsageError
from praxi_tasks.http import SiteClient, refusal_text
from praxi_tasks.json_decoding import decode

_ALERTS: Final = "/api/v2/alerts"
_HEADERS: Final = "PRAXI_ALERTMANAGER_HEADERS"
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_OF_THE_REQUEST: Final = frozenset({400, 413, 422})
_PATH: Final = "check the URL and its path: version 2 of the API is needed, which 0.16 and later have"
_CREDENTIALS: Final = f"check PRAXI_ALERTMANAGER_TOKEN, and {_HEADERS} where it has tenants"
_ACTIONS: Final = {
    **dict.fromkeys((401, 403), _CREDENTIALS),
    **dict.fromkeys((404, 405, 410), _PATH),
    429: "try again later, or raise what limits requests to it",
    413: "let the proxy before it pass bodies of 1 MiB",
}
# As many as Prometheus sends at once; and well below the 1 MiB that proxies let pass by default.
_ALERTS_PER_REQUEST: Final = 64
_BYTES_PER_REQUEST: Final = 512 << 10

logger = logging.getLogger(__name__)
T = TypeVar("T")


class _RefusedError(NotifyError):
    """Alertmanager does not take what it was sent; it may take something else."""


class Alert(msgspec.Struct, frozen=True, rename="camel"):
    """An alert as Alertmanager takes it; its labels are its identity, times are RFC 3339.

    What shows alerts links each to its ``generator_url``: the page that the annotation ``page`` names.
    """

    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: str = ""
    ends_at: str = ""
    generator_url: str = msgspec.field(default="", name="generatorURL")

    @property
    def identity(self) -> frozenset[tuple[str, str]]:
        """What makes two alerts the same."""
        return frozenset(self.labels.items())


class Alertmanager:
    """One Alertmanager.

    Parameters
    ----------
    url
        Its base URL; may hold a user and password for basic authentication.
    token
        A bearer token, for one behind a proxy such as OpenShift's; by default the environment variable
        ``PRAXI_ALERTMANAGER_TOKEN``. More headers, such as that of a tenant, are those of
        ``PRAXI_ALERTMANAGER_HEADERS``.
    ca_bundle
        A PEM file of authorities to trust besides the system's; by default that of ``PRAXI_CA_BUNDLE``.

    Raises
    ------
    UsageError
        If the URL is none.
    """

    def __init__(self, url: str, token: str | None = None, *, ca_bundle: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or set(url) & set(" ,"):
            raise UsageError("not an Alertmanager URL", action="write it as http://host:9093")
        headers = {"Content-Type": "application/json", **_more_headers()}
        token = read_text("PRAXI_ALERTMANAGER_TOKEN") if token is None else token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = SiteClient(url, "Alertmanager", headers, ca_bundle=ca_bundle)

    def active(self, alertname: str, **labels: str) -> list[Alert]:
        """Return the alerts of a name that are firing, also those that are silenced.

        Raises
        ------
        NotifyError
            If Alertmanager can't be asked.
        """
        wanted = {"alertname": alertname, **labels}
        matchers = [
            ("filter", f"{name}={json.dumps(value, ensure_ascii=False)}") for name, value in wanted.items()
        ]
        answer = self._request("GET", [("active", "true"), ("silenced", "true"), *matchers])
        try:
            return decode(answer, list[Alert])
        except (ValueError, RecursionError) as error:
            raise NotifyError(
                "this is no Alertmanager", where=self._client.base, action="check the URL"
            ) from error

    def post(self, alerts: list[Alert]) -> None:
        """Raise, prolong or (with an end that has passed) resolve alerts, in portions.

        Raises
        ------
        NotifyError
            If Alertmanager can't be reached, or refuses some of them; it gets the others all the same.
        """
        refused: list[_RefusedError] = []
        for body in _portions(map(_with_source, alerts)):
            try:
                self._request("POST", [], body)
            except _RefusedError as error:
                refused.append(error)
        if refused:
            raise refused[0]

    def _request(self, method: str, fields: list[tuple[str, str]], body: bytes | None = None) -> bytes:
        query = f"?{urlencode(fields)}" if fields else ""
        try:
            answer = self._client.request(method, f"{_ALERTS}{query}", body)
        except HttpError as error:
            raise NotifyError(error.what, where=error.where, action=error.action) from error
        if not 200 <= answer.status < 300:
            kind = _RefusedError if answer.status in _OF_THE_REQUEST else NotifyError
            raise kind(
                f"Alertmanager answered {answer.status}{refusal_text(answer.data)}",
                where=f"{self._client.base}{_ALERTS}",
                action=_ACTIONS.get(answer.status, "see its log"),
            )
        return answer.data


class Alertmanagers:
    """The Alertmanagers of a highly available group: each gets everything, as Prometheus does.

    Parameters
    ----------
    urls
        Their base URLs, separated by white space or commas; see :class:`Alertmanager`.
    ca_bundle
        See :class:`Alertmanager`.
    """

    def __init__(self, urls: str, *, ca_bundle: str = "") -> None:
        found = urls.replace(",", " ").split()
        self._members = [Alertmanager(url, ca_bundle=ca_bundle) for url in found]
        if not self._members:
            raise UsageError("no Alertmanager is named", action="write it as http://host:9093")

    def active(self, alertname: str, **labels: str) -> list[Alert]:
        """Return the alerts of a name that fire at any member; see :meth:`Alertmanager.active`.

        Raises
        ------
        NotifyError
            If no member can be asked.
        """
        answers = self._any_of(lambda member: member.active(alertname, **labels))
        found = {alert.identity: alert for answer in answers for alert in answer}
        return list(found.values())

    def post(self, alerts: list[Alert]) -> None:
        """Post alerts to every member; see :meth:`Alertmanager.post`.

        Raises
        ------
        NotifyError
            If no member took them. One that did not while another did is logged: members notify
            for each other, and the next audit tells it again.
        """
        self._any_of(lambda member: member.post(alerts))

    def _any_of(self, ask: Callable[[Alertmanager], T]) -> list[T]:
        """Return what ``ask`` gives for each member that answers; raise the first error if none does.

        One that did not answer is left out from then on: each request would wait for it for minutes.
        """
        answers: list[T] = []
        errors: list[NotifyError] = []
        for member in tuple(self._members):
            try:
                answers.append(ask(member))
            except NotifyError as error:
                errors.append(error)
                if len(self._members) > 1 and not isinstance(error, _RefusedError):
                    self._members.remove(member)
        if not answers:
            raise errors[0]
        for missed in errors:
            logger.warning("%s", missed)
        return answers


def _more_headers() -> dict[str, str]:
    """Return the headers that the environment adds to every request: ``X-Scope-OrgID=shop``.

    Raises
    ------
    UsageError
        If one is no header; what stands there is not shown.
    """
    headers = {}
    for pair in words(read_text(_HEADERS)):
        name, separator, value = pair.partition("=")
        if not separator or not _NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise UsageError(
                "not a header", where=_HEADERS, action="write it as name=value, several with commas"
            )
        headers[name] = value
    return headers


def _with_source(alert: Alert) -> Alert:
    return msgspec.structs.replace(alert, generator_url=alert.annotations.get("page", ""))


def _portions(alerts: Iterable[Alert]) -> Iterator[bytes]:
    """Yield the bodies of requests that hold all alerts, each bounded in number and in size."""
    portion: list[bytes] = []
    for alert in map(msgspec.json.encode, alerts):
        full = len(portion) == _ALERTS_PER_REQUEST
        if full or sum(map(len, portion)) + len(alert) > _BYTES_PER_REQUEST:
            yield from _body(portion)
            portion = []
        portion.append(alert)
    yield from _body(portion)


def _body(portion: list[bytes]) -> Iterator[bytes]:
    if portion:
        yield b"[" + b",".join(portion) + b"]"
