"""Finds credentials in a Docker ``config.json`` or a Kubernetes pull secret."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import msgspec

from praxi_tasks.environment import read_text
from praxi_tasks.errors import PraxiError, UsageError
from praxi_tasks.http import PREFIX
from praxi_tasks.json_decoding import decode
from praxi_tasks.oci.image.reference import DOCKER_HUB
from praxi_tasks.oci.registry.credential_helpers import ask_helper
from praxi_tasks.oci.registry.credentials import ANONYMOUS, Credentials

log = logging.getLogger(__name__)

_FILES: Final = ("config.json", ".dockerconfigjson", ".dockercfg", "auth.json")
_HUB_KEYS: Final = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})
_HUB_HELPER_KEY: Final = "https://index.docker.io/v1/"


class AuthFile(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a Docker configuration that hold or name credentials."""

    auths: dict[str, dict[str, Any]] = {}
    cred_helpers: dict[str, str] = {}
    creds_store: str = ""

    def __repr__(self) -> str:
        return f"<credentials for {len(self.auths)} registries>"


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
        file = _read(self._path)
        return _from_helpers(file, registry) or _from_auths(file, registry, repository, self._path)


def _usual_places(environment: Mapping[str, str] | None) -> Iterator[Path]:
    home = read_text("HOME", environment=environment)
    usual = f"{home}/.docker" if home else ""
    if folder := read_text("DOCKER_CONFIG", usual, environment):
        yield Path(folder, "config.json")
    if file := read_text("REGISTRY_AUTH_FILE", environment=environment):
        yield Path(file)
    if runtime := read_text("XDG_RUNTIME_DIR", environment=environment):
        yield Path(runtime, "containers", "auth.json")


def _read(path: Path) -> AuthFile:
    try:
        if path.is_dir():
            path = next((path / name for name in _FILES if (path / name).is_file()), path)
        document = decode(path.read_bytes())
        if isinstance(document, dict) and path.name == ".dockercfg":
            document = {"auths": document}
        return decode(msgspec.json.encode(document), AuthFile)
    except OSError as error:
        raise _unusable(path, error.strerror or "unreadable") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _unusable(path, "not the JSON of a Docker configuration") from None


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"the credentials file can't be used: {why}",
        where=str(path),
        action=f"mount a config.json or pull secret there, or correct {PREFIX}AUTH_FILE",
    )


def _from_helpers(file: AuthFile, registry: str) -> Credentials:
    for key, helper in file.cred_helpers.items():
        if _host_and_path(key)[0] == registry:
            return ask_helper(helper, _HUB_HELPER_KEY if registry == DOCKER_HUB else key)
    if not file.creds_store:
        return ANONYMOUS
    try:
        return ask_helper(file.creds_store, _HUB_HELPER_KEY if registry == DOCKER_HUB else registry)
    except PraxiError as error:  # the store is for all registries, and most need no credentials
        log.warning("continuing without the credential store: %s", error)
        return ANONYMOUS


def _from_auths(file: AuthFile, registry: str, repository: str, path: Path) -> Credentials:
    """Return the entry with the longest path that holds the repository; exact hosts before patterns."""
    best: tuple[tuple[int, bool], dict[str, Any]] | None = None
    for key, entry in file.auths.items():
        host, scope = _host_and_path(key)
        inside = not scope or f"{repository}/".startswith(f"{scope}/")
        rank = (len(scope), host == registry)
        if inside and _host_matches(host, registry) and (best is None or rank > best[0]):
            best = (rank, entry)
    return _entry(best[1], path) if best else ANONYMOUS


def _host_and_path(key: str) -> tuple[str, str]:
    """Split a key: ``https://index.docker.io/v1/`` is the whole of Docker Hub."""
    address = key.partition("://")[2] or key
    host, _, scope = address.strip("/").partition("/")
    host = host.lower()
    return DOCKER_HUB if host in _HUB_KEYS else host, "" if scope in {"v1", "v2"} else scope


def _host_matches(pattern: str, registry: str) -> bool:
    """Compare label by label, as the kubelet does: ``*.example.com`` is not ``a.b.example.com``."""
    patterns, labels = pattern.split("."), registry.split(".")
    return len(patterns) == len(labels) and all(map(fnmatchcase, labels, patterns))


def _entry(entry: dict[str, Any], path: Path) -> Credentials:
    fields = {name: text for name, text in entry.items() if isinstance(text, str)}
    username, password = fields.get("username", ""), fields.get("password", "")
    if encoded := fields.get("auth"):
        try:
            username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise _unusable(path, "an 'auth' field is not base64 of user:password") from None
    return Credentials(
        username, password.rstrip("\0"), fields.get("identitytoken", ""), fields.get("registrytoken", "")
    )
