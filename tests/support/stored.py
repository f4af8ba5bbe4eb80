"""Releases of the tests in the shape in which trainings find them."""

from __future__ import annotations

from praxi_tasks.discovery.release import Release
from praxi_tasks.learning.data.stored_release import StoredRelease


def as_stored(release: Release) -> StoredRelease:
    """Return a release as a source gives it."""
    return StoredRelease(
        release.ecosystem, release.name, release.version, "test",
        release.paths, release.sizes, release.hashes, release.measured,
    ).checked()  # fmt: skip
