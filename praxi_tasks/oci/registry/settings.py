"""Settings of the registry client, each an environment variable ``PRAXI_REGISTRY_*``."""

from __future__ import annotations

from typing import ClassVar

from praxi_tasks.environment import positive_number, whole_number, words
from praxi_tasks.http import HttpSettings, Parsers, hostname
from praxi_tasks.oci.registry.mirrors import Mirrors


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(words(text.lower()))))


class RegistrySettings(HttpSettings, frozen=True):
    """Settings of the registry client; hashable, so that equal settings share connections and tokens.

    Attributes
    ----------
    auth_file
        A Docker ``config.json``, a pull secret's ``.dockerconfigjson``, or a folder with either; empty
        looks where Docker and Podman keep theirs.
    token_hosts
        Hosts of token services that may be given a registry's credentials though they are of another site.
    mirrors
        Registries to ask instead of those that references name.
    attempts
        How often a request is sent before a registry counts as unavailable.
    backoff
        Seconds before the second attempt; each later one waits twice as long, give or take half.
    max_wait
        Longest wait in seconds before another attempt. A registry whose Retry-After asks for more is
        unavailable at once: the scheduler waits, not this process.
    max_manifest_bytes
        Largest manifest, index or image configuration that is read.
    """

    parsers: ClassVar[Parsers] = {
        **HttpSettings.parsers,
        "auth_file": str,
        "token_hosts": _hosts,
        "mirrors": Mirrors.parse,
        "attempts": whole_number,
        "backoff": positive_number,
        "max_wait": positive_number,
        "max_manifest_bytes": whole_number,
    }

    auth_file: str = ""
    token_hosts: tuple[str, ...] = ()
    mirrors: Mirrors = Mirrors()
    attempts: int = 5
    backoff: float = 0.5
    max_wait: float = 60.0
    max_manifest_bytes: int = 8 << 20

    def names(self, host: str) -> bool:
        """Return whether a setting names ``host[:port]``, so that it may be internal."""
        return super().names(host) or host in self.token_hosts or hostname(host) in self.token_hosts
