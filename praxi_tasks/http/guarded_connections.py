"""Connections to hosts that nobody named: they reach public addresses only.

The address that is checked is the address that is connected to, so a name that changes its meaning between
the two (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import socket
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NameResolutionError

from praxi_tasks.http.addresses import public_addresses
from praxi_tasks.http.traced_pools import SilentTracedPools

_MOST_ADDRESSES = 4


class _GuardedConnection(HTTPConnection):
    """Looks the host up itself, and hands urllib3 one checked address after another."""

    _dns_host: str

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            addresses = public_addresses(name, self.port)[:_MOST_ADDRESSES]
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except UnicodeError:
            raise LocationParseError(f"'{name}', not a host name") from None
        try:
            return self._first_that_answers(addresses)
        finally:
            self._dns_host = name  # TLS and the Host header go by the name

    def _first_that_answers(self, addresses: list[str]) -> socket.socket:
        for address in addresses[:-1]:
            self._dns_host = address
            try:
                return super()._new_conn()
            except ConnectTimeoutError:  # refused connections are of this kind too
                continue
        self._dns_host = addresses[-1]
        return super()._new_conn()


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


def guarded_pool(**options: Any) -> PoolManager:
    """Return a pool manager, made with urllib3's options, whose connections reach public addresses only.

    A connection raises :class:`~praxi_tasks.http.addresses.ForbiddenAddressError` where a host has none.
    """
    manager = SilentTracedPools(**options)
    manager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}
    return manager
