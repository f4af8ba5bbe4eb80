"""Ports for servers that are told theirs before they start."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_LOWEST: Final = 15_000  # below lie ports that programs know by heart, and those that browsers refuse
_EPHEMERAL: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_lock = threading.Lock()
_given: set[int] = set()


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on, and that this program was not given before.

    It is none of those that the system gives away by itself, to whoever connects somewhere or asks for any
    port: such a one might be taken before the server that was promised it starts.

    Raises
    ------
    OSError
        If every port is taken.
    """
    with _lock:
        for port in _candidates():
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                chosen = int(probe.getsockname()[1])
            _given.add(chosen)
            return chosen
    raise OSError("no port of 127.0.0.1 is free")


def _candidates() -> Iterator[int]:
    """Yield ports from a random one on, for other programs choose so too; in the end 0, which is any."""
    count = max(_first_ephemeral() - _LOWEST, 0)
    first = secrets.randbelow(count) if count else 0
    ports = (_LOWEST + (first + step) % count for step in range(count))
    yield from (port for port in ports if port not in _given)
    yield 0


def _first_ephemeral() -> int:
    try:
        return int(_EPHEMERAL.read_text().split()[0])
    except FileNotFoundError:
        return 32_768
