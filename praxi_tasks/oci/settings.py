"""How registries are reached: every setting is an environment variable ``PRAXI_REGISTRY_*``."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from praxi_tasks.errors import UsageError
from praxi_tasks.oci.mirrors import Mirrors

PREFIX: Final = "PRAXI_REGISTRY_"


class RegistrySettings(msgspec.Struct, frozen=True):
    """Settings of the registry client; hashable, so that equal settings share connections and tokens.

    Attributes
    ----------
    auth_file
        A Docker ``config.json``, a pull secret's ``.dockerconfigjson``, or a folder with either; empty
        looks where Docker and Podman keep theirs.
    ca_bundle
        PEM file of certificate authorities to trust besides the system's.
    plain_http
        Hosts, with or without a port, that may be spoken to without TLS; loopback always may.
    mirrors
        Registries to ask instead of those that references name.
    connect_timeout, read_timeout
        Seconds to wait for a connection, and for the next bytes.
    attempts
        How often a request is sent before a registry counts as unavailable.
    backoff
        Seconds before the second attempt; each later one waits twice as long, give or take half.
    max_wait
        Longest wait in seconds before another attempt. A registry whose Retry-After asks for more is
        unavailable at once: waiting is for whoever runs this program.
    max_manifest_bytes
        Largest manifest, index or image configuration that is read.
    """

    auth_file: str = ""
    ca_bundle: str = ""
    plain_http: tuple[str, ...] = ()
    mirrors: Mirrors = Mirrors()
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    attempts: int = 5
    backoff: float = 0.5
    max_wait: float = 60.0
    max_manifest_bytes: int = 8 << 20

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> RegistrySettings:
        """Read ``PRAXI_REGISTRY_AUTH_FILE``, ``PRAXI_REGISTRY_CA_BUNDLE`` and so on; unset means default.

        Raises
        ------
        UsageError
            If a variable's text can't be its setting.
        """
        given = {field: environment.get(f"{PREFIX}{field.upper()}", "") for field in cls.__struct_fields__}
        return cls(**{field: _convert(field, text) for field, text in given.items() if text.strip()})

    def allows_plain(self, host: str) -> bool:
        """Return whether ``host[:port]`` may be spoken to without TLS."""
        name = hostname(host)
        return is_loopback(name) or host in self.plain_http or name in self.plain_http


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


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(text.lower().replace(",", " ").split())))


def _positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    def convert(text: str) -> float:
        number = kind(text)
        if not 0 < number < float("inf"):
            raise ValueError
        return number

    return convert


_CONVERTERS: Final[dict[str, Callable[[str], Any]]] = {
    "plain_http": _hosts,
    "mirrors": Mirrors.parse,
    "connect_timeout": _positive(float),
    "read_timeout": _positive(float),
    "attempts": _positive(int),
    "backoff": _positive(float),
    "max_wait": _positive(float),
    "max_manifest_bytes": _positive(int),
}


def _convert(field: str, text: str) -> Any:
    try:
        return _CONVERTERS.get(field, str)(text)
    except ValueError:
        raise UsageError(
            f"not a value for {PREFIX}{field.upper()}",
            where=repr(text),
            action="give a number greater than zero",
        ) from None
