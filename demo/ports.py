"""Free ports for servers whose port must be known before they start."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_LOWEST: Final = 15_000  # below lie ports that programs know by heart, and those that browsers refuse
_EPHEMERAL: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
# A name in the kernel says that a port was given away; it goes when the program that has it ends.
_CLAIM: Final = "\0praxi-port-{}"
_claims: list[socket.socket] = []


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on, and that nobody else was given here.

    It is none of those that the system gives away by itself, to whoever connects somewhere or asks for any
    port, and this program and others that ask like this get different ones: it is still free when the server
    that was promised it starts, seconds later.

    Raises
    ------
    OSError
        If every port is taken.
    """
    for port in _candidates():
        if _is_free(port) and _claim(port):
            return port
    with socket.socket() as probe:  # a system may keep all ports for itself
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _candidates() -> Iterator[int]:
    count = max(_first_ephemeral() - _LOWEST, 0)
    first = secrets.randbelow(count) if count else 0
    return (_LOWEST + (first + step) % count for step in range(count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _claim(port: int) -> bool:
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(_CLAIM.format(port))
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def _first_ephemeral() -> int:
    try:
        return int(_EPHEMERAL.read_text().split()[0])
    except FileNotFoundError:
        return 32_768
