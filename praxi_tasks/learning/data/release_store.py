"""The releases in a store, found by identity, package or content without reading all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, Protocol

import numpy as np

from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.store import Store, documents, keys
from praxi_tasks.store.keys import RELEASE_PROTOCOL

Identity = tuple[str, str, str]
"""Ecosystem, name and version."""

_LOOKS: Final = 4
"""How many releases a sample reads at most for each one that it may return."""

_ENDING: Final = f"/fingerprint.v{RELEASE_PROTOCOL}"


class ReleaseIndex(Protocol):
    """Finds releases that were learned before."""

    def alike(self, release: StoredRelease) -> Sequence[Identity]:
        """Return the releases that install the same files as this one, itself included."""

    def of_package(self, ecosystem: str, name: str) -> Sequence[StoredRelease]:
        """Return the releases of one package."""


class ReleaseStore:
    """The releases whose fingerprints a store holds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, release: StoredRelease) -> None:
        """Store a release, unless it is there.

        The index entry that :meth:`alike` reads is written first: a task that is killed between the two
        writes leaves an entry without a release, which a retry completes.
        """
        note = keys.release_content(release.content_id, *release.identity)
        self._store.put(note, documents.encode(release.identity))
        self._store.put(keys.release(*release.identity), release.to_bytes())

    def get(self, identity: Identity) -> StoredRelease:
        """Read a release.

        Raises
        ------
        KeyNotFoundError
            If it is not stored.
        CorruptObjectError
            If it is damaged.
        """
        return StoredRelease.from_bytes(self._store.get(keys.release(*identity)))

    def alike(self, release: StoredRelease) -> Sequence[Identity]:
        """Return the releases that install the same files as this one, itself included, in order."""
        notes = self._store.list(keys.releases_of_content(release.content_id))
        return sorted(documents.read(self._store, note, tuple[str, str, str]) for note in notes)

    def of_package(self, ecosystem: str, name: str) -> Sequence[StoredRelease]:
        """Return the stored releases of one package."""
        return list(self._read(self._keys(keys.releases_of_package(ecosystem, name))))

    def everything(self) -> Iterator[StoredRelease]:
        """Yield every stored release, in the order of the keys."""
        return self._read(self._keys(keys.RELEASES))

    def sample(
        self, most: int, seed: int, wanted: Callable[[StoredRelease], bool] = lambda _: True
    ) -> list[StoredRelease]:
        """Return up to ``most`` wanted releases, chosen at random, the same ones for the same seed.

        Four times as many releases are read at most: where few are wanted, it may return fewer than exist.
        """
        found = self._keys(keys.RELEASES)
        order = np.random.default_rng(seed).permutation(len(found)).tolist()
        chosen = filter(wanted, self._read([found[place] for place in order[: _LOOKS * most]]))
        return sorted(islice(chosen, most), key=lambda release: release.identity)

    def _keys(self, folder: str) -> list[str]:
        return sorted(key for key in self._store.list(folder) if key.endswith(_ENDING))

    def _read(self, found: Sequence[str]) -> Iterator[StoredRelease]:
        return (StoredRelease.from_bytes(self._store.get(key)) for key in found)
