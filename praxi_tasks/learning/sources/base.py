"""The interface of a source of releases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from praxi_tasks.learning.data import NewPackage, StoredRelease


class Source(Protocol):
    """Lists the files of releases; it never installs a release and never runs its code."""

    @property
    def name(self) -> str:
        """The name of the source in outcomes and reasons."""

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether the source can be asked: its ecosystem matches and its tool is installed."""

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions of the package that the source has, the newest first, if it can list them.

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
            If the source does not have the release, or it is malformed or hostile.
        StoreUnavailableError
            If the store can't be reached.
        """


@runtime_checkable
class SuiteIndex(Protocol):
    """A source of a whole suite, which can list its packages."""

    def packages(self) -> Sequence[str]:
        """Return the names of all packages, those first that are likelier to be in an image.

        Raises
        ------
        ReleaseError, UsageError
            If there is no such suite.
        """


@runtime_checkable
class IndexedSource(Protocol):
    """A source that has indexes of which path is in which package, as Debian's archives do."""

    def contents(self, folder: Path) -> list[Path]:
        """Fetch the indexes into a folder; none if there are none.

        Raises
        ------
        ReleaseError
            If the source does not answer.
        """
