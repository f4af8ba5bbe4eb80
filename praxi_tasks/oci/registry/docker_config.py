"""Reads a Docker ``config.json`` or pull secret, as tolerantly as Docker and the kubelet do.

Go reads null as nothing, and base64 with line feeds in it. What else is odd about one field is said, and the
field left out: it must not keep anybody from the other registries.
"""

from __future__ import annotations

import base64
import codecs
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from praxi_tasks.errors import UsageError
from praxi_tasks.http import PREFIX
from praxi_tasks.json_decoding import decode_shallow
from praxi_tasks.oci.registry.credentials import Credentials
from praxi_tasks.printable import printable

log = logging.getLogger(__name__)

_OF_URLS: Final = str.maketrans("-_", "+/")
_FILES: Final = ("config.json", ".dockerconfigjson", ".dockercfg", "auth.json")


@dataclass(frozen=True)
class DockerConfig:
    """The parts of a Docker configuration that hold or name credentials; entries of nothing are left out."""

    path: Path
    auths: Mapping[str, Mapping[str, str]] = field(repr=False)
    helpers: Mapping[str, str]
    store: str

    def credentials(self, key: str) -> Credentials:
        """Return what an entry of ``auths`` holds.

        Raises
        ------
        UsageError
            If it is malformed.
        """
        entry = self.auths[key]
        username, password = entry.get("username", ""), entry.get("password", "")
        if encoded := entry.get("auth"):
            try:
                username, _, password = _decoded(encoded).partition(":")
            except ValueError:
                raise _unusable(self.path, "an 'auth' field is not base64 of user:password") from None
        token = entry.get("identitytoken", "")
        return Credentials(username, password.rstrip("\0\r\n"), token, entry.get("registrytoken", ""))


def read_docker_config(path: Path) -> DockerConfig:
    """Read a file, or the file of a well-known name in a folder.

    Raises
    ------
    UsageError
        If there is none, or it is no JSON object.
    """
    try:
        if path.is_dir():
            path = next((path / name for name in _FILES if (path / name).is_file()), path)
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
        document = decode_shallow(data, dict[str, Any])
    except OSError as error:
        raise _unusable(path, error.strerror or "unreadable") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _unusable(path, "not the JSON of a Docker configuration") from None
    if path.name == ".dockercfg" or _is_oldest_form(document):
        document = {"auths": document}
    store = document.get("credsStore")
    return DockerConfig(
        path,
        {key: texts for key, entry in _entries(document, "auths") if (texts := _texts(entry, key))},
        _texts(dict(_entries(document, "credHelpers")), "credHelpers"),
        store if isinstance(store, str) else "",
    )


def _is_oldest_form(document: Mapping[str, Any]) -> bool:
    """Return whether a document is the map of registries itself, under whatever name it was mounted."""
    known = {"auths", "credHelpers", "credsStore"}
    return not known & document.keys() and any(
        isinstance(entry, dict) and ({"auth", "username"} & entry.keys()) for entry in document.values()
    )


def _entries(document: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    found = document.get(name)
    if isinstance(found, dict):
        return list(found.items())
    if found is not None:
        log.warning("the credentials file's %r is no object, and is not used", name)
    return []


def _texts(entry: Any, where: str) -> dict[str, str]:
    """Return the fields of an object that are text and not empty."""
    if entry is not None and not isinstance(entry, dict):
        log.warning("what the credentials file has for %s is no object, and is not used", printable(where))
    fields = entry.items() if isinstance(entry, dict) else ()
    return {name: text for name, text in fields if isinstance(text, str) and text.strip()}


def _decoded(encoded: str) -> str:
    """Decode base64 in lines, without padding, and of the alphabet for URLs, whatever bytes it is of."""
    compact = "".join(encoded.split()).translate(_OF_URLS)
    decoded = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    return decoded.decode(errors="surrogateescape")


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"the credentials file can't be used: {why}",
        where=str(path),
        action=f"mount a config.json or pull secret there, or correct {PREFIX}AUTH_FILE",
    )
