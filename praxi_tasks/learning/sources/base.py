"""What a source of labelled fingerprints is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from praxi_tasks.learning.data import NewPackage, StoredRelease


class Source(Protocol):
    """Knows how to list the files of some releases; never installs or runs one."""

    @property
    def name(self) -> str:
        """What outcomes and stored releases call the source."""

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether asking makes sense: the ecosystem is right, the tool is there."""

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions of the package that the source has, the newest first; none if it can't tell.

        Raises
        ------
        ReleaseError
            If the source has no such package, or does not answer.
        """

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return the release's files.

        Raises
        ------
        ReleaseError
            If the source has no such release, or it is not to be trusted.
        StoreUnavailableError
            If the store can't be reached.
        """
