"""Reads a PyPI index over HTTP, for pods, whose image has no pip on its path."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import DataError, NoPartsError, ReleaseError, ReleaseNotFoundError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.pypi.project_page import IndexFile, index_files
from praxi_tasks.learning.sources.pypi.wheel import list_remote_wheel, list_wheel
from praxi_tasks.learning.sources.pypi.wheel_choice import Wheel, preferred_wheels, unite

logger = logging.getLogger(__name__)

_REMEMBERED: Final = 64
"""How many pages are kept: several versions of a package are read one after another."""


class SimpleIndex:
    """Lists the wheels of an index; they are never installed.

    Parameters
    ----------
    url
        Of the index, ``…/simple``; credentials in it are sent to its host only and never logged.
    in_parts
        Whether to fetch no more than the directories of wheels, those for each interpreter; what the index
        gives no parts of is downloaded, one wheel of a release.
    """

    name = PYPI.purl_type

    def __init__(self, url: str, *, in_parts: bool = False) -> None:
        self._url = url
        self._in_parts = in_parts
        self._files = lru_cache(_REMEMBERED if in_parts else 0)(self._read_page)

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Python package."""
        return wanted.ecosystem == PYPI.purl_type

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that there are wheels of, the newest first; see :meth:`read` for errors.

        Those before a release count where there is no other, as for installers.
        """
        found = {wheel.version for wheel in self._wheels(wanted.name)}
        finished = {version for version in found if not version.is_prerelease}
        return [str(version) for version in sorted(finished or found, reverse=True)]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the release's wheel contains, with the libraries of those for other interpreters.

        Raises
        ------
        IndexUnavailableError
            If the index can't give one of them now.
        ReleaseError, DataError
            If it has none, or the most important one can't be read.
        """
        check_words(wanted.name, wanted.version)
        try:
            version = Version(wanted.version)
        except InvalidVersion:
            raise ReleaseNotFoundError("no version that an index can have", where=wanted.purl) from None
        wheels = [wheel for wheel in self._wheels(wanted.name) if wheel.version == version]
        if not wheels:
            raise ReleaseNotFoundError("the index has no wheel of this version", where=wanted.purl)
        chosen, *others = preferred_wheels(wheels)
        if self._in_parts:
            try:
                return unite([self._list(chosen, wanted), *self._lists(others, wanted)])
            except NoPartsError as error:
                logger.info("%s is downloaded: %s", chosen.file.name, error)
        with scratch() as folder:
            file = chosen.file
            saved = save_file(file.url, folder / file.name, "sha256", file.digest, index=self._url)
            return list_wheel(saved, wanted)

    def _list(self, wheel: Wheel, wanted: NewPackage) -> StoredRelease:
        return list_remote_wheel(wheel.file.url, wheel.file.name, wanted, self._url)

    def _lists(self, wheels: Sequence[Wheel], wanted: NewPackage) -> Iterator[StoredRelease]:
        """Yield what other wheels contain; one that can't be read costs its own files only.

        Where the index may give it at another time the release waits for that: a stored one is not asked for.
        """
        for wheel in wheels:
            try:
                yield self._list(wheel, wanted)
            except (DataError, ReleaseError) as error:
                if error.retryable:
                    raise
                logger.info("%s is left out: %s", wheel.file.name, error)

    def _wheels(self, name: str) -> Sequence[Wheel]:
        return self._files(name)

    def _read_page(self, name: str) -> Sequence[Wheel]:
        return [wheel for file in index_files(self._url, name) if (wheel := _wheel(file)) is not None]


def _wheel(file: IndexFile) -> Wheel | None:
    """Return what a file's name says about it; nothing for what is no wheel."""
    try:
        _, version, _, tags = parse_wheel_filename(file.name)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    return Wheel(file, version, tags)
