"""Finds source distributions on an index; they are built elsewhere, in a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import ReleaseNotFoundError, SourceOnlyError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import check_words
from praxi_tasks.learning.sources.pypi.project_page import IndexFile, index_files


class _Sdist(NamedTuple):
    file: IndexFile
    version: Version


class SdistSource:
    """Finds releases that an index has as source only; asked after the sources that can list files.

    Parameters
    ----------
    url
        Of the index, ``…/simple``.
    """

    name = "sdist"

    def __init__(self, url: str) -> None:
        self._url = url

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Python package."""
        return wanted.ecosystem == PYPI.purl_type

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that there is source of, the newest first; see :meth:`read` for errors."""
        found = {sdist.version for sdist in self._sdists(wanted.name) if not sdist.version.is_prerelease}
        return [str(version) for version in sorted(found, reverse=True)]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Raise an error that says whether the release can be built; its files are unknown before.

        Raises
        ------
        SourceOnlyError
            If the index has its source.
        ReleaseNotFoundError
            If not.
        """
        file = self._find(wanted)
        raise SourceOnlyError(f"it has to be built from {file.name}", where=wanted.purl)

    def fetch(self, wanted: NewPackage, folder: Path) -> Path:
        """Save the release's source in ``folder``, checked against the digest that the index lists."""
        file = self._find(wanted)
        return save_file(file.url, folder / file.name, "sha256", file.digest, index=self._url)

    def _find(self, wanted: NewPackage) -> IndexFile:
        check_words(wanted.name, wanted.version)
        try:
            version = Version(wanted.version)
        except InvalidVersion:
            raise ReleaseNotFoundError("no version that an index can have", where=wanted.purl) from None
        found = [sdist.file for sdist in self._sdists(wanted.name) if sdist.version == version]
        if not found:
            raise ReleaseNotFoundError("the index has no source of this version", where=wanted.purl)
        return max(found, key=lambda file: file.name.endswith(".tar.gz"))

    def _sdists(self, name: str) -> Sequence[_Sdist]:
        files = index_files(self._url, name)
        return [sdist for file in files if (sdist := _sdist(file, name)) is not None]


def _sdist(file: IndexFile, package: str) -> _Sdist | None:
    """Return what a file's name says about it; nothing for what is no source of the package."""
    try:
        name, version = parse_sdist_filename(file.name)
    except (InvalidSdistFilename, InvalidVersion):
        return None
    return _Sdist(file, version) if name == canonicalize_name(package) else None
