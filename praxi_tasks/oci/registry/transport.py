"""Sends one HTTP request: proxies, TLS, timeouts, redirects without leaking credentials, typed errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from urllib3.exceptions import HTTPError, LocationValueError
from urllib3.response import BaseHTTPResponse

from praxi_tasks.errors import ImageError
from praxi_tasks.http import PREFIX, Connections, redact_url
from praxi_tasks.oci.registry.http_errors import MAX_ERROR_BYTES, network_error
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.upload import Upload

log = logging.getLogger(__name__)

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 10
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """A response whose body is still to be read; ``where`` is the URL that gave it, as it may be shown.

    ``moved`` is whether a redirect led to another host, ``foreign`` whether neither the reference nor a
    setting named the host: then nothing of what it says is shown.
    """

    response: BaseHTTPResponse
    where: str
    moved: bool
    foreign: bool


class Transport:
    """Send requests to registries; safe to share between threads."""

    def __init__(self, settings: RegistrySettings) -> None:
        self._settings = settings
        self._connections = Connections(settings)

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | Upload | None = None,
        *,
        named: str = "",
    ) -> Answer:
        """Send one request and follow its redirects; whatever status it ends with is returned.

        The ``Authorization`` header goes to the host that was asked and to no other.

        Parameters
        ----------
        form
            What is sent: fields, or bytes. With it no redirect is followed.
        named
            The host that the reference names, by default the URL's own; with a port that port alone. It and
            hosts that settings name may have any address, all others only public ones.

        Raises
        ------
        RegistryUnavailableError
            If the host can't be reached or does not answer in time.
        ImageError
            If a redirect leads nowhere, to an internal address, or to a place that would have to be trusted
            blindly.
        """
        first, sent = _origin(url), dict(headers)
        named = _plain_name(named or first[1])
        for _ in range(_MAX_REDIRECTS + 1):
            self.refuse_plain(url)
            is_named = self._is_named(url, named)
            response = self._send(method, url, sent, form, is_named=is_named)
            target = response.headers.get("Location")
            if response.status not in _REDIRECTS or target is None or form is not None:
                return Answer(response, redact_url(url), _origin(url) != first, not is_named)
            discard(response)
            url = _join(url, target)
            if _origin(url) != first:
                sent = {name: text for name, text in sent.items() if name.lower() != "authorization"}
        raise ImageError(
            f"redirected more than {_MAX_REDIRECTS} times",
            where=redact_url(url),
            action="ask whoever runs the registry",
        )

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | Upload | None,
        *,
        is_named: bool,
    ) -> BaseHTTPResponse:
        scheme, name, port = _origin(url)
        kind: Mapping[str, str] = {}
        if isinstance(form, Mapping):
            kind = _FORM
        elif form is not None:
            kind = {"Content-Length": str(len(form))}
        try:
            pool = self._connections.pool(scheme, name, port, is_named=is_named)
            return pool.urlopen(
                method,
                url,
                body=urlencode(form) if isinstance(form, Mapping) else form,
                headers={**pool.headers, **kind, **headers},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
        except LocationValueError:
            raise _malformed(url) from None
        except HTTPError as error:
            raise network_error(error, redact_url(url)) from error

    @staticmethod
    def place(url: str) -> str:
        """Return host and port of a URL, as :meth:`exchange` takes them for one that is named."""
        _, name, port = _origin(url)
        return _host(_plain_name(name), port)

    def _is_named(self, url: str, named: str) -> bool:
        _, name, port = _origin(url)
        plain = _plain_name(name)
        return named in {plain, _host(plain, port)} or self._settings.names(_host(name, port))

    def refuse_plain(self, url: str) -> None:
        """Raise :class:`ImageError` if a URL is malformed, or asks for plain HTTP without leave."""
        scheme, name, port = _origin(url)
        if urlsplit(url).username is not None or not name:
            raise _malformed(url)
        if scheme == "https" or (scheme == "http" and self._settings.allows_plain(_host(name, port))):
            return
        raise ImageError(
            f"refused to speak {scheme or 'an unknown protocol'} to {name}",
            where=redact_url(url),
            action=f"add the host to {PREFIX}PLAIN_HTTP if plain HTTP is acceptable",
        )


def discard(response: BaseHTTPResponse) -> None:
    """Close a response whose body is not needed; a short one is read, so that its connection is reused."""
    try:
        if response.length_remaining is not None and response.length_remaining <= MAX_ERROR_BYTES:
            response.read()
    except HTTPError:
        log.debug("a discarded response ended early")
    finally:
        response.release_conn() if response.length_remaining == 0 else response.close()


def _host(name: str, port: int) -> str:
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def _plain_name(name: str) -> str:
    return name.rstrip(".").lower()


def _join(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        raise _malformed(target) from None


def _malformed(url: str) -> ImageError:
    return ImageError(
        "the registry or the image's manifest leads to a malformed URL",
        where=redact_url(url),
        action="ask whoever runs the registry or built the image",
    )


def _origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host name and port: what has to be the same for credentials to be sent along."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _malformed(url) from None
    return parts.scheme.lower(), (parts.hostname or "").lower(), port
