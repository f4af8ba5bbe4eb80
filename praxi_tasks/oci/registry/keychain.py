"""Finds credentials in a Docker ``config.json`` or a Kubernetes pull secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from praxi_tasks.environment import read_text
from praxi_tasks.errors import PraxiError
from praxi_tasks.oci.image.reference import DOCKER_HUB
from praxi_tasks.oci.registry.credential_helpers import ask_helper
from praxi_tasks.oci.registry.credentials import ANONYMOUS, Credentials
from praxi_tasks.oci.registry.docker_config import DockerConfig, read_docker_config

log = logging.getLogger(__name__)

_HUB_KEYS: Final = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})
_WILDCARD: Final = re.compile(r"[*?]")
_HUB_HELPER_KEY: Final = "https://index.docker.io/v1/"


class Keychain:
    """Find the credentials of a repository.

    The file is read anew each time: pull secrets are rotated, and a token is seldom asked for.

    Parameters
    ----------
    path
        The file, or a folder with a file of a well-known name; None is anonymous everywhere.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @classmethod
    def from_environment(cls, auth_file: str, environment: Mapping[str, str] | None = None) -> Keychain:
        """Use ``auth_file`` if given, else the first file that Docker or Podman would read."""
        if auth_file:
            return cls(Path(auth_file))
        return cls(next((path for path in _usual_places(environment) if path.is_file()), None))

    def credentials(self, registry: str, repository: str) -> Credentials:
        """Return what the file, or a helper it names, has for the repository; anonymous if nothing.

        Raises
        ------
        UsageError
            If the file is missing or malformed.
        UnauthorizedError
            If the registry's credential helper fails.
        """
        if self._path is None:
            return ANONYMOUS
        file = read_docker_config(self._path)
        return _from_helpers(file, registry, repository) or _from_auths(file, registry, repository)


def _usual_places(environment: Mapping[str, str] | None) -> Iterator[Path]:
    home = read_text("HOME", environment=environment)
    usual = f"{home}/.docker" if home else ""
    if folder := read_text("DOCKER_CONFIG", usual, environment):
        yield Path(folder, "config.json")
    if file := read_text("REGISTRY_AUTH_FILE", environment=environment):
        yield Path(file)
    if runtime := read_text("XDG_RUNTIME_DIR", environment=environment):
        yield Path(runtime, "containers", "auth.json")


def _from_helpers(file: DockerConfig, registry: str, repository: str) -> Credentials:
    """Ask the helper that is named for the registry, or for the longest path in it; else the store."""
    if key := _best(file.helpers, registry, repository, exact=True):
        return ask_helper(file.helpers[key], _HUB_HELPER_KEY if registry == DOCKER_HUB else key)
    if not file.store:
        return ANONYMOUS
    try:
        return ask_helper(file.store, _HUB_HELPER_KEY if registry == DOCKER_HUB else registry)
    except PraxiError as error:  # the store is for all registries, and most need no credentials
        log.warning("continuing without the credential store: %s", error)
        return ANONYMOUS


def _from_auths(file: DockerConfig, registry: str, repository: str) -> Credentials:
    key = _best(file.auths, registry, repository)
    return file.credentials(key) if key else ANONYMOUS


def _best(keys: Iterable[str], registry: str, repository: str, *, exact: bool = False) -> str:
    """Return the key with the longest path that holds the repository; exact hosts before patterns."""
    best, chosen = (-1, False), ""
    for key in keys:
        host, scope = _host_and_path(key)
        inside = not scope or f"{repository}/".startswith(f"{scope}/")
        rank = (len(scope), host == registry)
        if inside and rank > best and (rank[1] or (not exact and _host_matches(host, registry))):
            best, chosen = rank, key
    return chosen


def _host_and_path(key: str) -> tuple[str, str]:
    """Split a key: ``https://index.docker.io/v1/`` is the whole of Docker Hub."""
    address = key.partition("://")[2] or key
    host, _, scope = address.strip("/").partition("/")
    host = host.lower()
    return DOCKER_HUB if host in _HUB_KEYS else host, "" if scope in {"v1", "v2"} else scope


def _host_matches(pattern: str, registry: str) -> bool:
    """Compare label by label, as the kubelet does: ``*.example.com`` is not ``a.b.example.com``.

    Brackets are those of an IPv6 address, not a choice of characters, and a port has to be the same.
    """
    if not _WILDCARD.search(pattern) or "[" in pattern:
        return pattern == registry
    patterns, labels = pattern.split("."), registry.split(".")
    return len(patterns) == len(labels) and all(map(fnmatchcase, labels, patterns))
