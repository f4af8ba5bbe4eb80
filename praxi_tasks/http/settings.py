"""How servers are reached, whichever they are: authorities and time-outs, from ``PRAXI_REGISTRY_*``."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Self

import msgspec

from praxi_tasks.errors import UsageError

PREFIX: Final = "PRAXI_REGISTRY_"

Converters = Mapping[str, Callable[[str], Any]]


def positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    """Return a converter of texts to finite numbers greater than zero."""

    def convert(text: str) -> float:
        number = kind(text)
        if not 0 < number < float("inf"):
            raise ValueError
        return number

    return convert


class HttpSettings(msgspec.Struct, frozen=True):
    """Settings of connections; hashable, so that equal settings share them.

    Attributes
    ----------
    ca_bundle
        PEM file of certificate authorities to trust besides the system's.
    connect_timeout, read_timeout
        Seconds to wait for a connection, and for the next bytes.
    """

    converters: ClassVar[Converters] = {
        "connect_timeout": positive(float),
        "read_timeout": positive(float),
    }

    ca_bundle: str = ""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read ``PRAXI_REGISTRY_CA_BUNDLE`` and so on; unset means default.

        Raises
        ------
        UsageError
            If a variable's text can't be its setting.
        """
        given = {field: environment.get(f"{PREFIX}{field.upper()}", "") for field in cls.__struct_fields__}
        return cls(**{field: cls._convert(field, text) for field, text in given.items() if text.strip()})

    @classmethod
    def _convert(cls, field: str, text: str) -> Any:
        try:
            return cls.converters.get(field, str)(text)
        except ValueError:
            raise UsageError(
                f"not a value for {PREFIX}{field.upper()}",
                where=repr(text),
                action="give a number greater than zero",
            ) from None


def hostname(host: str) -> str:
    """Return ``host[:port]`` without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Return whether a host name or address is this machine by definition."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
