"""Pools of connections: TLS with the system's and the configured authorities, proxies, reuse."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment

from urllib3 import PoolManager, Timeout, make_headers

from praxi_tasks import __version__
from praxi_tasks.http.addresses import require_public_name
from praxi_tasks.http.guarded_connections import guarded_pool
from praxi_tasks.http.settings import HttpSettings, is_loopback
from praxi_tasks.http.traced_pools import TracedPools, TracedProxy
from praxi_tasks.trust import trusting_context

_CONNECTIONS_PER_HOST: Final = 16
_PORTS: Final = {"http": 80, "https": 443}
_PORT: Final = re.compile(r"(?P<host>[^:\[\]]+|\[[^\]]*\]):(?P<port>[0-9]+)")
_HEADERS: Final = {"User-Agent": f"praxi/{__version__}", "Accept-Encoding": "identity"}


class Connections:
    """Pools of connections, one set directly and one through each proxy; safe to share between threads.

    Parameters
    ----------
    settings
        Authorities and time-outs.
    proxies
        The proxy's URL by scheme, and under ``no`` the hosts to reach directly; by default the variables
        ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``.
    """

    def __init__(self, settings: HttpSettings, proxies: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._proxied = cache(self._through)
        self._proxies = getproxies_environment() if proxies is None else proxies

    def pool(self, scheme: str, name: str, port: int | None = None, *, is_named: bool = True) -> PoolManager:
        """Return the pool for a host: through the environment's proxy unless ``NO_PROXY`` covers it.

        Parameters
        ----------
        port
            The URL's; None is the scheme's own.
        is_named
            Whether a reference or a setting named the host. Any other is reached at public addresses only,
            which is checked when a connection is made. A proxy looks names up itself: then only what a name
            shows is checked.

        Raises
        ------
        ForbiddenAddressError
            If a proxy would have to be asked for a host that is internal by its name.
        """
        proxy = self._proxies.get(scheme) or self._proxies.get("all")
        port = port or _PORTS.get(scheme, 0)
        if not proxy or is_loopback(name) or bypasses(name, port, self._proxies.get("no", "")):
            return self._direct if is_named else self._guarded
        if not is_named:
            require_public_name(name)
        return self._proxied(proxy)

    @cached_property
    def _timeout(self) -> Timeout:
        return Timeout(connect=self._settings.connect_timeout, read=self._settings.read_timeout)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return trusting_context(self._settings.ca_bundle)

    @cached_property
    def _direct(self) -> PoolManager:
        return TracedPools(**self._options)

    @cached_property
    def _guarded(self) -> PoolManager:
        return guarded_pool(**self._options)

    @cached_property
    def _options(self) -> dict[str, Any]:
        return {
            "maxsize": _CONNECTIONS_PER_HOST,
            "headers": _HEADERS,
            "timeout": self._timeout,
            "ssl_context": self._tls,
        }

    def _through(self, proxy: str) -> TracedProxy:
        address = proxy if "://" in proxy else f"http://{proxy}"
        parts = urlsplit(address)
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        return TracedProxy(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            proxy_headers=make_headers(proxy_basic_auth=account),
            **self._options,
        )


def connections_for(settings: HttpSettings) -> Connections:
    """Return the process's connections with these settings and the environment's proxies."""
    return _shared(settings, tuple(sorted(getproxies_environment().items())))


@lru_cache(maxsize=8)
def _shared(settings: HttpSettings, proxies: tuple[tuple[str, str], ...]) -> Connections:
    return Connections(settings, dict(proxies))


def bypasses(name: str, port: int, no_proxy: str) -> bool:
    """Return whether ``NO_PROXY`` covers a host: by ``*``, name, domain, address or network.

    An entry with a port covers that port alone. IPv6 addresses may stand in brackets, and must where a port
    follows. Entries are told apart by commas or spaces.
    """
    name = name.strip("[]").rstrip(".").lower()
    return any(_covers(entry, name, port) for entry in no_proxy.lower().replace(",", " ").split())


def _covers(entry: str, name: str, port: int) -> bool:
    if entry == "*":
        return True
    if found := _PORT.fullmatch(entry):
        entry = found["host"]
        if int(found["port"]) != port:
            return False
    entry = entry.strip("[]").lstrip("*.").rstrip(".")
    if not entry:
        return False
    return _in_network(name, entry) or f".{name}".endswith(f".{entry}")


def _in_network(name: str, entry: str) -> bool:
    try:
        return _address(name) in ipaddress.ip_network(entry.replace("]/", "/"), strict=False)
    except ValueError:
        return False


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address that a name is, without its zone; IPv4's where IPv6 only wraps it."""
    address = ipaddress.ip_address(name.partition("%")[0])
    return (address.version == 6 and address.ipv4_mapped) or address
