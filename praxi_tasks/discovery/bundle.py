"""The storage format of a model: a JSON manifest, and parts named by the hash of their bytes.

A part never changes, and who names it shares its bytes: versions of a model, packs, and MLflow's artifacts.
The manifest says in which pool the parts are, and each part's role, size and sha256. Nothing in a bundle is
executed.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from praxi_tasks.discovery.part_pool import Part, PartPool
from praxi_tasks.errors import KeyNotFoundError, ModelError, PraxiError
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, open_store

PROTOCOL: Final = 2
MANIFEST: Final = "model.json"
CATALOGUE: Final = "catalogue"
CONTENTS: Final = "contents"
_KNOWLEDGE: Final = (CATALOGUE, CONTENTS)
SITE: Final = "site"
"""The pack of what a site learned itself."""

_FIRST_PROTOCOL: Final = 1
_OWN_POOL: Final = "parts"


class Pack(msgspec.Struct, frozen=True):
    """A knowledge pack: what is known of a suite or an ecosystem.

    Parameters
    ----------
    name
        Words separated by slashes: ``debian/bookworm``, ``pypi/popular``, ``site``.
    parts
        Its parts, in order.
    annotations
        Where it comes from, by OCI's names and Praxi's own: source, suite, snapshot, counts, builder.
    """

    name: str
    parts: tuple[Part, ...]
    annotations: dict[str, str] = {}


class Manifest(msgspec.Struct, frozen=True):
    """What a bundle consists of, in order, and the settings that predictions depend on.

    Parameters
    ----------
    parts
        All that is in no pack: scorer and experts. By the first protocol the catalogues, too.
    packs
        The packs, in order; none by the first protocol.
    pool
        Where the parts are: relative to the manifest, or the URI of a folder.
    """

    protocol: int
    parts: tuple[Part, ...]
    settings: dict[str, str | int | float] = {}
    packs: tuple[Pack, ...] = ()
    pool: str = _OWN_POOL

    @property
    def id(self) -> str:
        """The model's identity: a hash over everything that decides what it predicts, wherever it is stored.

        A model that has no pack but :data:`SITE` has the identity that the first protocol gave it.
        """
        described = _Described(
            _FIRST_PROTOCOL,
            tuple(self.all_parts),
            self.settings,
            {pack.name: len(pack.parts) for pack in self.packs if pack.name != SITE},
        )
        return hashlib.sha256(msgspec.json.encode(described, order="deterministic")).hexdigest()[:32]

    @property
    def all_parts(self) -> Iterator[Part]:
        """The parts of all packs and the others, in order."""
        for pack in self.packs:
            yield from pack.parts
        yield from self.parts

    @property
    def by_pack(self) -> Manifest:
        """The same manifest by the second protocol: what is known in no pack is :data:`SITE`'s."""
        if self.packs:
            return self
        known = tuple(part for part in self.parts if part.role in _KNOWLEDGE)
        return msgspec.structs.replace(
            self,
            protocol=PROTOCOL,
            parts=tuple(part for part in self.parts if part.role not in _KNOWLEDGE),
            packs=(Pack(SITE, known),) if known else (),
        )


class _Described(msgspec.Struct, frozen=True, omit_defaults=True):
    protocol: int
    parts: tuple[Part, ...]
    settings: dict[str, str | int | float]
    packs: dict[str, int] = {}


class Packed(NamedTuple):
    """A part and its bytes, hashed once."""

    part: Part
    data: bytes | memoryview

    @classmethod
    def of(cls, role: str, data: bytes) -> Packed:
        """Pack bytes for the component that ``role`` names."""
        return cls(Part(role, hashlib.sha256(data).hexdigest(), len(data)), data)


class Bundle(NamedTuple):
    """A manifest whose parts are known, and the pool that has them."""

    manifest: Manifest
    pool: PartPool


def save_bundle(uri: str, manifest: Manifest, parts: Sequence[Packed], pool: str = "") -> Manifest:
    """Write parts into a pool, and the manifest last: a reader sees all or none.

    Parameters
    ----------
    pool
        See :func:`save_manifest`.
    """
    target = PartPool(pool or f"{open_store(uri).uri}/{_OWN_POOL}")
    for part, data in parts:
        target.put(part, data)
    return save_manifest(uri, manifest, pool)


def save_manifest(uri: str, manifest: Manifest, pool: str = "") -> Manifest:
    """Write a manifest whose parts a pool has.

    Parameters
    ----------
    pool
        The URI of the folder that has the parts, which other models share; by default one of its own. It is
        noted relative to ``uri`` if it is in the same store.
    """
    store = open_store(uri)
    manifest = msgspec.structs.replace(manifest, pool=_relative(store.uri, pool) if pool else _OWN_POOL)
    encoded = msgspec.json.encode(manifest, order="deterministic")
    store.replace(MANIFEST, msgspec.json.format(encoded))
    return manifest


def _relative(uri: str, pool: str) -> str:
    """Return a pool's URI relative to that of a model, or as it is where it is in another store."""
    mine, theirs = urlsplit(uri), urlsplit(open_store(pool).uri)
    if mine[:2] != theirs[:2]:
        return theirs.geturl()
    return posixpath.relpath(theirs.path, mine.path)


def open_bundle(uri: str) -> Bundle:
    """Read a manifest; parts are read when they are asked for.

    Raises
    ------
    ModelError
        If there is no model at ``uri``, its manifest is damaged, or the protocol is another.
    """
    store = open_store(uri)
    try:
        manifest = _read_manifest(store)
    except KeyNotFoundError as error:
        raise not_whole(error) from error
    return Bundle(manifest.by_pack, PartPool(pool_uri(uri, manifest)))


def not_whole(error: KeyNotFoundError) -> ModelError:
    """Return the error for a model of which something is missing."""
    return ModelError(
        "no model, or not the whole of one, is stored here", where=error.where, action="check the URI"
    )


def pool_uri(uri: str, manifest: Manifest) -> str:
    """Return the URI of the folder that a manifest at ``uri`` has its parts in."""
    if urlsplit(manifest.pool).scheme:
        return manifest.pool
    scheme, _, path = open_store(uri).uri.partition("://")
    return f"{scheme}://{posixpath.normpath(posixpath.join(path, manifest.pool))}"


def manifest_elsewhere(uri: str) -> bytes:
    """Return the manifest of the model at ``uri`` as it can lie anywhere: it names the pool by its URI.

    Raises
    ------
    ModelError
        If there is no model at ``uri``, its manifest is damaged, or the protocol is another.
    """
    manifest, pool = open_bundle(uri)
    elsewhere = msgspec.structs.replace(manifest, pool=pool.uri)
    return msgspec.json.format(msgspec.json.encode(elsewhere, order="deterministic"))


def bundle_size(uri: str) -> int:
    """Return how many bytes a model's parts have together, by its manifest.

    Raises
    ------
    ModelError
        If there is no manifest, or it is damaged.
    """
    return sum(part.size for part in open_bundle(uri).manifest.all_parts)


def copy_bundle(uri: str, to: str) -> Manifest:
    """Copy a model with its parts, each checked.

    Raises
    ------
    ModelError
        If there is no model at ``uri``, or a part is missing, truncated or altered.
    """
    manifest, pool = open_bundle(uri)
    try:
        parts = [Packed(part, pool.read(part)) for part in manifest.all_parts]
    except KeyNotFoundError as error:
        raise not_whole(error) from error
    return save_bundle(to, manifest, parts)


def _read_manifest(store: Store) -> Manifest:
    data = store.get(MANIFEST)
    where = f"{store.uri}/{MANIFEST}"
    try:
        manifest = decode(data, Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError("a model's manifest is damaged", where=where, action="build it again") from error
    if manifest.protocol not in (_FIRST_PROTOCOL, PROTOCOL):
        raise ModelError(
            f"the model has protocol {manifest.protocol}, this program reads 1 and {PROTOCOL}",
            where=where,
            action="build the model again, or use the program that wrote it",
        )
    return manifest


def damaged(error: Exception, uri: str) -> ModelError:
    """Return the error for a model whose parts are intact but can't be used."""
    problem = error.what if isinstance(error, PraxiError) else "a part is missing"
    return ModelError(f"the model can't be used: {problem}", where=uri, action="build it again")
