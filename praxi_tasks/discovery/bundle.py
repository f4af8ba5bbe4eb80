"""The storage format of a model: a JSON manifest, and parts named by the hash of their bytes.

A part never changes; models that share parts share the bytes. The manifest names each part with its role,
size and sha256; reading checks all three. Nothing in a bundle is executed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.errors import KeyNotFoundError, ModelError, PraxiError
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, open_store

PROTOCOL: Final = 1
MANIFEST: Final = "model.json"


class Part(msgspec.Struct, frozen=True):
    """One part of a bundle; ``role`` says which component reads it."""

    role: str
    sha256: str
    size: int

    @property
    def key(self) -> str:
        """The part's key, relative to the bundle."""
        return f"parts/{self.sha256}"


class Manifest(msgspec.Struct, frozen=True):
    """What a bundle consists of, in order, and the settings that predictions depend on."""

    protocol: int
    parts: tuple[Part, ...]
    settings: dict[str, str | int | float] = {}

    @property
    def id(self) -> str:
        """The model's identity: a hash over everything that decides what it predicts."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()[:32]


class Packed(NamedTuple):
    """A part and its bytes, hashed once."""

    part: Part
    data: bytes

    @classmethod
    def of(cls, role: str, data: bytes) -> Packed:
        """Pack bytes for the component that ``role`` names."""
        return cls(Part(role, hashlib.sha256(data).hexdigest(), len(data)), data)


def describe(parts: Sequence[Packed], settings: dict[str, str | int | float]) -> Manifest:
    """Return the manifest of some parts."""
    return Manifest(PROTOCOL, tuple(packed.part for packed in parts), settings)


def save_bundle(uri: str, parts: Sequence[Packed], settings: dict[str, str | int | float]) -> Manifest:
    """Write parts below ``uri``, the manifest last: a reader sees all or none."""
    store = open_store(uri)
    manifest = describe(parts, settings)
    for part, data in parts:
        store.put(part.key, data)
    store.replace(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest, order="deterministic")))
    return manifest


def load_bundle(uri: str) -> tuple[Manifest, list[Packed]]:
    """Read a manifest and its parts.

    Raises
    ------
    ModelError
        If there is no model at ``uri``, a part is missing, truncated or altered, or the protocol is another.
    """
    store = open_store(uri)
    try:
        manifest = _read_manifest(store)
        return manifest, [Packed(part, _read_part(store, part)) for part in manifest.parts]
    except KeyNotFoundError as error:
        raise ModelError(
            "no model, or not the whole of one, is stored here", where=error.where, action="check the URI"
        ) from error


def bundle_size(uri: str) -> int:
    """Return how many bytes a model's parts have together, by its manifest.

    Raises
    ------
    ModelError
        If the manifest is damaged.
    KeyNotFoundError
        If there is none.
    """
    return sum(part.size for part in _read_manifest(open_store(uri)).parts)


def copy_bundle(uri: str, to: str) -> Manifest:
    """Copy a model, checked part by part; see :func:`load_bundle` for errors."""
    manifest, parts = load_bundle(uri)
    return save_bundle(to, parts, manifest.settings)


def _read_manifest(store: Store) -> Manifest:
    data = store.get(MANIFEST)
    where = f"{store.uri}/{MANIFEST}"
    try:
        manifest = decode(data, Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError("a model's manifest is damaged", where=where, action="build it again") from error
    if manifest.protocol != PROTOCOL:
        raise ModelError(
            f"the model has protocol {manifest.protocol}, this program reads {PROTOCOL}",
            where=where,
            action="build the model again, or use the program that wrote it",
        )
    return manifest


def _read_part(store: Store, part: Part) -> bytes:
    if len(part.sha256) != 64 or not part.sha256.isalnum():
        raise ModelError(
            "a model's manifest names an impossible part", where=store.uri, action="build it again"
        )
    data = store.get(part.key)
    if len(data) != part.size or hashlib.sha256(data).hexdigest() != part.sha256:
        raise ModelError(
            "a part of the model is truncated or altered",
            where=f"{store.uri}/{part.key}",
            action="delete the model and build or copy it again",
        )
    return data


def damaged(error: Exception, uri: str) -> ModelError:
    """Return the error for a model whose parts are intact but can't be used."""
    problem = error.what if isinstance(error, PraxiError) else "a part is missing"
    return ModelError(f"the model can't be used: {problem}", where=uri, action="build it again")
