"""Parses and validates the JSON of manifests and indexes."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DigestMismatchError, LimitExceededError, ManifestError, NotAnImageError
from praxi_tasks.json_decoding import decode
from praxi_tasks.oci.image.digest import check_digest, is_digest, verify
from praxi_tasks.oci.image.model import Descriptor, Platform

OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFESTS: Final = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
INDEXES: Final = frozenset({OCI_INDEX, DOCKER_LIST})
# A registry answers in schema 1 or with 404 when it is not told that these are understood.
ACCEPT: Final = f"{OCI_MANIFEST}, {OCI_INDEX}, {DOCKER_MANIFEST}, {DOCKER_LIST}"
_SCHEMA_1: Final = re.compile(r"application/vnd\.docker\.distribution\.manifest\.v1\+(json|prettyjws)")
_KINDS: Final = MANIFESTS | INDEXES
_CONFIGS: Final = frozenset(
    {
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.container.image.v1.config+json",
        "",
    }
)
_EMPTY: Final = "application/vnd.oci.empty.v1+json"  # what an artifact without a configuration names
# The compression that they name is not relied on: the bytes decide.
_LAYER: Final = re.compile(
    r"application/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1|docker\.image\.rootfs\.(?:foreign\.)?diff)"
    r"\.tar(?:[+.](?:gzip|zstd(?::chunked)?))?"
    r"|application/vnd\.docker\.container\.image\.rootfs\.diff\+x-gtar"
)
# What says nothing about the bytes, and is a layer beside an image's configuration only.
_PLAIN_TYPE: Final = re.compile(
    r"|application/(?:octet-stream|(?:x-)?tar|(?:x-)?gzip|zstd|(?:x-)?tar[+.](?:gzip|zstd)|x-gtar)"
)
_MAX_LAYERS: Final = "PRAXI_IMAGE_MAX_LAYERS"
_MOST_INLINE: Final = 1 << 16  # bytes of an image's layers that its manifest holds
_LAYERS: Final = 500  # what Linux mounts over each other
_ARTIFACT: Final = "name the image that it is about"
_REBUILD: Final = "push the image again as an OCI or Docker schema 2 image"


class EntryPlatform(msgspec.Struct, frozen=True):
    """The platform of an index's entry, as it is written there."""

    os: Any = None
    architecture: Any = None
    variant: Any = None

    def to_platform(self) -> Platform:
        """Return it as a platform; what is not given, or is no text, is empty."""
        given = (self.os, self.architecture, self.variant)
        return Platform(*(text if isinstance(text, str) else "" for text in given))


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """A descriptor as manifests and indexes write it."""

    digest: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    media_type: str = ""
    urls: tuple[str, ...] | None = None
    platform: EntryPlatform | None = None
    annotations: dict[str, Any] | None = None
    artifact_type: Any = None
    data: Any = None

    @property
    def inline(self) -> bytes | None:
        """The content itself, where the entry holds it and it has the entry's digest."""
        if not isinstance(self.data, str):
            return None
        try:
            return verify(base64.b64decode(self.data, validate=True), self.digest, "")
        except (binascii.Error, ValueError, DigestMismatchError):
            return None

    def descriptor(self, data: bytes = b"") -> Descriptor:
        """Return what readers of the blob need; ``data`` is its content, where that is to go along."""
        return Descriptor(self.media_type, self.digest, self.size, self.urls or (), data)


class ImageManifest(msgspec.Struct, frozen=True):
    """A manifest of one image."""

    config: Entry
    layers: tuple[Entry, ...]
    annotations: Any = None

    def descriptors(self) -> tuple[Descriptor, ...]:
        """Return the layers, bottom first, those that the manifest itself holds with their content.

        The content goes wherever a plan goes: beyond a little of it layers are fetched, as any other.
        """
        room = _MOST_INLINE
        found = []
        for layer in self.layers:
            data = layer.inline or b""
            data = data if len(data) <= room else b""
            room -= len(data)
            found.append(layer.descriptor(data))
        return tuple(found)


class Index(msgspec.Struct, frozen=True):
    """A choice of manifests; ``unread`` counts the entries that are malformed, which may be any."""

    entries: tuple[Entry, ...]
    unread: int = 0


Manifest: TypeAlias = ImageManifest | Index


class _Document(msgspec.Struct, rename="camel"):
    schema_version: int = 0
    media_type: str = ""
    config: Entry | None = None
    layers: tuple[Entry, ...] | None = None
    manifests: tuple[msgspec.Raw, ...] | None = None
    artifact_type: Any = None
    annotations: Any = None


def parse_manifest(data: bytes, content_type: str, where: str) -> Manifest:
    """Parse a manifest or index that was served as ``content_type``.

    Servers that know no media types send none, or any: only one of a manifest or index has to agree with
    the document's own ``mediaType`` and its structure, which otherwise decide.

    Raises
    ------
    ManifestError
        If it is malformed, of another kind (schema 1), or could be read as two kinds.
    NotAnImageError
        If it is an artifact's: a signature, an SBOM, a chart.
    """
    try:
        document = decode(data, _Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        detail = str(error) if isinstance(error, msgspec.ValidationError) else "not JSON"
        raise ManifestError(f"the manifest is malformed: {detail}", where=where, action=_REBUILD) from None
    kind = _kind(document, content_type.partition(";")[0].strip().lower(), where)
    if kind in INDEXES:
        return _index(document.manifests or ())
    return _image_manifest(document, where)


def _kind(document: _Document, served_as: str, where: str) -> str:
    if document.schema_version == 1 or _SCHEMA_1.fullmatch(document.media_type or served_as):
        raise ManifestError("a schema 1 manifest, which can't be verified", where=where, action=_REBUILD)
    is_image = document.layers is not None or document.config is not None
    if document.manifests is not None and is_image:
        raise ManifestError("both an image and an index", where=where, action=_REBUILD)
    named = document.media_type or served_as
    is_index = document.manifests is not None or (not is_image and named in INDEXES)
    structure = OCI_INDEX if is_index else OCI_MANIFEST
    said = {document.media_type or structure} | ({served_as} & _KINDS)
    group = INDEXES if is_index else MANIFESTS
    if not said <= group:
        wrong = ", ".join(sorted(said - group))[:200]
        raise ManifestError(f"not the media type of such a manifest: {wrong}", where=where, action=_REBUILD)
    return document.media_type or structure


def _index(listed: tuple[msgspec.Raw, ...]) -> Index:
    """Return the entries that can be read: what is wrong with one says nothing of the others."""
    entries = []
    for raw in listed:
        try:
            entry = decode(bytes(raw), Entry)
        except msgspec.DecodeError:
            continue
        if is_digest(entry.digest):
            entries.append(entry)
    return Index(tuple(entries), len(listed) - len(entries))


def _image_manifest(document: _Document, where: str) -> ImageManifest:
    if document.config is None:
        raise ManifestError("the manifest has no config", where=where, action=_REBUILD)
    layers = document.layers or ()  # Go writes a list without elements as null, or leaves it out
    check_layer_count(len(layers), where)
    _checked((document.config, *layers), where)
    if document.artifact_type or document.config.media_type == _EMPTY:
        called = document.artifact_type or document.config.media_type
        raise NotAnImageError(
            f"an artifact, not an image: {str(called)[:200]!r}", where=where, action=_ARTIFACT
        )
    for layer in layers:
        if not _is_layer(layer.media_type.partition(";")[0].strip().lower(), document.config):
            raise NotAnImageError(
                f"not a layer that can be read: {layer.media_type[:200]!r}",
                where=where,
                action="this is an encrypted image or an artifact that holds no file system",
            )
    return ImageManifest(document.config, layers, document.annotations)


def _is_layer(media_type: str, config: Entry) -> bool:
    if _LAYER.fullmatch(media_type):
        return True
    return config.media_type in _CONFIGS and _PLAIN_TYPE.fullmatch(media_type) is not None


def check_layer_count(count: int, where: str) -> None:
    """Refuse an image of more layers than any runtime stacks.

    Raises
    ------
    LimitExceededError
        If there are more than ``PRAXI_IMAGE_MAX_LAYERS``.
    """
    most = read(_MAX_LAYERS, whole_number, _LAYERS)
    if count > most:
        raise LimitExceededError(f"the image has {count} layers", where=where, action=f"raise {_MAX_LAYERS}")


def _checked(entries: tuple[Entry, ...], where: str) -> tuple[Entry, ...]:
    for entry in entries:
        check_digest(entry.digest, where)
    return entries
