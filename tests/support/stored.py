"""Releases of tests and benchmarks in the shape in which trainings find them."""

from __future__ import annotations

from collections.abc import Sequence

from praxi_tasks.discovery import Release
from praxi_tasks.learning.data.release_store import Identity
from praxi_tasks.learning.data.stored_release import StoredRelease


def as_stored(release: Release) -> StoredRelease:
    """Return a release as a source gives it."""
    return StoredRelease(
        release.ecosystem, release.name, release.version, "test",
        release.paths, release.sizes, release.hashes, release.measured,
    ).checked()  # fmt: skip


class InMemoryReleases:
    """An index of releases that are held in memory, instead of a store."""

    def __init__(self, releases: Sequence[StoredRelease] = ()) -> None:
        self._releases = releases

    def alike(self, release: StoredRelease) -> Sequence[Identity]:
        """Return the releases that install exactly what this one does."""
        content = release.content_id
        return sorted(other.identity for other in self._releases if other.content_id == content)

    def of_package(self, ecosystem: str, name: str) -> Sequence[StoredRelease]:
        """Return the releases of one package."""
        return [release for release in self._releases if release.identity[:2] == (ecosystem, name)]
