"""Asks Prometheus and Kubernetes from the command line, which has neither Airflow's hooks nor a client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from urllib3.exceptions import HTTPError

from praxi_tasks.doctor.cluster import PATH, Right
from praxi_tasks.errors import HttpError, HttpRefusedError, HttpStatusError, UsageError
from praxi_tasks.http import PASSING, Connections, HttpSettings, explain, redact_url
from praxi_tasks.json_decoding import decode


def ask_prometheus(url: str, token_file: Path | None = None) -> Callable[[str], float]:
    """Return what asks a Prometheus at ``url`` for a number; the token is read for each question.

    Raises
    ------
    UsageError
        When asked, if the token can't be read.
    HttpError
        When asked, if it does not answer, refuses, or is no Prometheus.
    """

    def ask(query: str) -> float:
        place = f"{url.rstrip('/')}/api/v1/query?{urlencode({'query': query})}"
        answer = _exchange("GET", place, HttpSettings.from_environment(), _bearer(token_file))
        try:
            result = answer["data"]["result"]
            return float(result[0]["value"][1]) if result else 0.0
        except (LookupError, TypeError, ValueError):
            raise HttpRefusedError(
                "what answers is no Prometheus", where=redact_url(url), action="check the URL and its path"
            ) from None

    return ask


def review_right(url: str, token_file: Path, ca_file: str, namespace: str) -> Callable[[Right], bool]:
    """Return what asks the API server at ``url`` whether the token's account has a right.

    Its certificate is checked against ``ca_file``, besides the system's authorities.

    Raises
    ------
    UsageError
        When asked, if the token can't be read.
    HttpError
        When asked, if it does not answer, or refuses.
    """
    settings = msgspec.structs.replace(HttpSettings.from_environment(), ca_bundle=ca_file)

    def allowed(right: Right) -> bool:
        body = json.dumps(right.review(namespace)).encode()
        headers = {**_bearer(token_file), "Content-Type": "application/json"}
        answer = _exchange("POST", f"{url}{PATH}", settings, headers, body)
        return isinstance(answer, dict) and (answer.get("status") or {}).get("allowed") is True

    return allowed


def _bearer(token_file: Path | None) -> dict[str, str]:
    if token_file is None:
        return {}
    try:
        return {"Authorization": f"Bearer {token_file.read_text().strip()}"}
    except (OSError, UnicodeDecodeError):
        raise UsageError("the token can't be read", where=str(token_file), action="name its file") from None


def _exchange(
    method: str, url: str, settings: HttpSettings, headers: Mapping[str, str], body: bytes | None = None
) -> Any:
    where, parts = redact_url(url), urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("not a URL of http or https", where=where)
    if parts.scheme == "http" and "Authorization" in headers and not settings.allows_plain(parts.netloc):
        raise HttpRefusedError("refused to send a token over plain HTTP", where=where, action="use https")
    pool = Connections(settings).pool(parts.scheme, parts.hostname, parts.port)
    try:
        response = pool.request(method, url, body=body, headers=dict(headers), redirect=False, retries=False)
    except HTTPError as error:
        failure = explain(error)
        kind = HttpError if failure.retryable else HttpRefusedError
        raise kind(failure.what, where=where, action=failure.action) from error
    if not 200 <= response.status < 300:
        raise _refusal(response.status, where)
    try:
        return decode(response.data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _refusal(status: int, where: str) -> HttpError:
    if status in PASSING:
        return HttpStatusError(status, where=where, action="try again later")
    action = "check the token and its rights" if status in {401, 403} else "check the URL"
    return HttpRefusedError(f"the server answered {status}", where=where, action=action)
