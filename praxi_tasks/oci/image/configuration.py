"""Parses an image's configuration: its platform, how its layers came about, and what it was built on.

Whoever built the image wrote it: an odd field says nothing, and keeps no other from being read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from praxi_tasks.errors import ManifestError
from praxi_tasks.json_decoding import decode_shallow
from praxi_tasks.oci.image.digest import is_digest
from praxi_tasks.oci.image.manifest import EntryPlatform
from praxi_tasks.oci.image.model import DeclaredBase, Platform
from praxi_tasks.printable import printable

LONGEST_COMMAND: Final = 400
"""How many characters of a line of the history are kept."""
_LONGEST_READ: Final = 20_000  # of a line, before it is cleaned
_LONGEST_NAME: Final = 300
_BASE_NAME: Final = "org.opencontainers.image.base.name"
_BASE_DIGEST: Final = "org.opencontainers.image.base.digest"
_NOTHING: Final = "scratch"
# Builders write the values of build arguments, which may be tokens, before the shell: |1 TOKEN=x /bin/sh -c …
_ARGUMENTS: Final = re.compile(r"(?P<mark>^(?:RUN )?\|\d+) .*?(?:(?= /\S+ -\S)|$)")
_USERINFO: Final = re.compile(r"(?<=://)[^/\s@]+@")


class _Configuration(EntryPlatform, frozen=True):
    config: Any = None
    history: Any = None
    rootfs: Any = None


class Configuration(msgspec.Struct, frozen=True):
    """What an image's configuration says.

    ``commands`` are the lines of the history that made each layer, bottom first; none where they can't be
    told apart. ``diff_ids`` are the digests of the uncompressed layers; none where one is malformed.
    """

    platform: Platform
    commands: tuple[str, ...] = ()
    diff_ids: tuple[str, ...] = ()
    base: DeclaredBase | None = None


def parse_configuration(data: bytes, where: str, layers: int) -> Configuration:
    """Parse the configuration of an image of so many layers.

    Raises
    ------
    ManifestError
        If it is not an image's configuration.
    """
    try:
        read = decode_shallow(data, _Configuration)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ManifestError(
            "the image's configuration is malformed", where=where, action="push the image again"
        ) from None
    found = read.to_platform()
    return Configuration(
        msgspec.structs.replace(found, os=found.os or "linux", architecture=found.architecture or "amd64"),
        _commands(read.history, layers),
        _diff_ids(read.rootfs, layers),
        declared_base(_mapping(read.config).get("Labels")),
    )


def declared_base(annotations: object) -> DeclaredBase | None:
    """Return the base image that annotations or labels name; None where they name none."""
    texts = _mapping(annotations)
    name, digest = texts.get(_BASE_NAME), texts.get(_BASE_DIGEST)
    name = printable(name.strip(), _LONGEST_NAME) if isinstance(name, str) and name != _NOTHING else ""
    digest = digest if isinstance(digest, str) and is_digest(digest) else ""
    return DeclaredBase(name, digest) if name or digest else None


def _commands(history: object, layers: int) -> tuple[str, ...]:
    """Return the line of each layer; a history that counts other layers says which made none of them."""
    entries = [_mapping(entry) for entry in history] if isinstance(history, list) else []
    made = [entry for entry in entries if entry.get("empty_layer") is not True]
    if len(made) != layers or not any(map(_line, made)):
        return ()
    return tuple(map(_line, made))


def _line(entry: Mapping[str, Any]) -> str:
    texts = (entry.get("created_by"), entry.get("comment"))
    text = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    line = " ".join(text[:_LONGEST_READ].split())
    line = _ARGUMENTS.sub(r"\g<mark> …", line)
    return printable(_USERINFO.sub("…@", line), LONGEST_COMMAND)


def _diff_ids(rootfs: object, layers: int) -> tuple[str, ...]:
    found = _mapping(rootfs).get("diff_ids")
    if not isinstance(found, list) or len(found) != layers:
        return ()
    ids = tuple(text for text in found if isinstance(text, str) and is_digest(text))
    return ids if len(ids) == layers else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
