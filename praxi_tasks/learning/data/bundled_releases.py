"""Some of the releases that a model was trained on, bundled with it as one object.

A starter model is used with stores that have no fingerprint of what it knows. With these the first training
on top of it can measure whether anything is forgotten, and repair or rebuild what it knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import msgspec
import numpy as np

from praxi_tasks.discovery import Release
from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.store import Store, documents, keys, open_store

MOST: Final = 1_500
"""How many releases are bundled with a model: as many as an evaluation draws layers from."""

KEY: Final = "releases.v1"
"""Key of the object, relative to the model; the model's identity does not depend on it."""

T = TypeVar("T")

_SEED: Final = 20_260_105
_SOURCE: Final = "starter"
_WRITERS: Final = 8
"""How many releases are written at a time, for a store answers after milliseconds."""


class _Load(msgspec.Struct, frozen=True, array_like=True):
    releases: list[bytes]


def choose(first: Sequence[T], second: Sequence[T], rng: np.random.Generator, most: int = MOST) -> list[T]:
    """Choose the releases to bundle from two sets: at random, and from both if neither is empty."""
    of_second = min(len(second), max(most - len(first), most // 2))
    return [*_some(first, most - of_second, rng), *_some(second, of_second, rng)]


def _some(releases: Sequence[T], most: int, rng: np.random.Generator) -> list[T]:
    return [releases[place] for place in sorted(rng.permutation(len(releases))[:most].tolist())]


def write_bundled(uri: str, releases: Sequence[Release], base: str | None = None) -> None:
    """Write releases beside the model at ``uri``, with some of those bundled with the model at ``base``."""
    new = [_stored(release) for release in releases]
    known = {release.identity for release in new}
    old = [release for release in read_bundled(base) if release.identity not in known] if base else []
    chosen = choose(new, old, np.random.default_rng(_SEED))
    packed = _Load([release.to_bytes() for release in chosen])
    open_store(uri).replace(KEY, msgspec.msgpack.encode(packed))


def _stored(release: Release) -> StoredRelease:
    return StoredRelease(
        release.ecosystem, release.name, release.version, _SOURCE,
        release.paths, release.sizes, release.hashes, release.measured, release.build_ids,
    ).checked()  # fmt: skip


def read_bundled(uri: str) -> list[StoredRelease]:
    """Return the releases bundled with the model at ``uri``, which may be none.

    Raises
    ------
    CorruptObjectError, ReleaseRefusedError
        If the bundle is damaged, or has no valid release.
    """
    try:
        data = open_store(uri).get(KEY)
    except KeyNotFoundError:
        return []
    return _unpack(data, uri)


def import_bundled(store: Store, uri: str) -> int:
    """Store the releases bundled with the model at ``uri``, once; return how many were written.

    Raises
    ------
    CorruptObjectError, ReleaseRefusedError
        If the bundle is damaged, or has no valid release.
    """
    try:
        data = open_store(uri).get(KEY)
    except KeyNotFoundError:
        return 0
    note = keys.training_bundled(hashlib.sha256(data).hexdigest())
    if store.exists(note):
        return 0
    releases = _unpack(data, uri)
    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(ReleaseStore(store).add, releases))
    store.put(note, documents.encode({"from": uri}))
    return len(releases)


def _unpack(data: bytes, uri: str) -> list[StoredRelease]:
    try:
        packed = msgspec.msgpack.decode(data, type=_Load).releases
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CorruptObjectError(
            f"the releases bundled with a model are damaged: {error}",
            where=f"{uri}/{KEY}",
            action="build the model again, or delete them: it works without",
        ) from error
    return [StoredRelease.from_bytes(each).checked() for each in packed]
