"""Reads a PyPI index over HTTP, for pods, whose image has no pip on its path."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import NoPartsError, ReleaseNotFoundError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.pypi.project_page import IndexFile, index_files
from praxi_tasks.learning.sources.pypi.wheel import list_remote_wheel, list_wheel

logger = logging.getLogger(__name__)

_REMEMBERED: Final = 64
"""How many pages are kept: several versions of a package are read one after another."""


class Wheel(NamedTuple):
    """A wheel that an index lists, and what its name says about it."""

    file: IndexFile
    version: Version
    tags: frozenset[Tag]


class SimpleIndex:
    """Lists the wheels of an index; they are never installed.

    Parameters
    ----------
    url
        Of the index, ``…/simple``; credentials in it are sent to its host only and never logged.
    in_parts
        Whether to fetch of a wheel no more than its directory, and what the index gives no parts of whole.
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
        """Return the versions that there are wheels of, the newest first; see :meth:`read` for errors."""
        found = {wheel.version for wheel in self._wheels(wanted.name) if not wheel.version.is_prerelease}
        return [str(version) for version in sorted(found, reverse=True)]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the release's wheel contains."""
        check_words(wanted.name, wanted.version)
        try:
            version = Version(wanted.version)
        except InvalidVersion:
            raise ReleaseNotFoundError("no version that an index can have", where=wanted.purl) from None
        wheels = [wheel for wheel in self._wheels(wanted.name) if wheel.version == version]
        if not wheels:
            raise ReleaseNotFoundError("the index has no wheel of this version", where=wanted.purl)
        chosen = max(wheels, key=_preference).file
        if self._in_parts:
            try:
                return list_remote_wheel(chosen.url, chosen.name, wanted, self._url)
            except NoPartsError as error:
                logger.info("%s is downloaded: %s", chosen.name, error)
        with scratch() as folder:
            saved = save_file(chosen.url, folder / chosen.name, "sha256", chosen.digest, index=self._url)
            return list_wheel(saved, wanted)

    def _wheels(self, name: str) -> Sequence[Wheel]:
        return self._files(name)

    def _read_page(self, name: str) -> Sequence[Wheel]:
        return [wheel for file in index_files(self._url, name) if (wheel := _wheel(file)) is not None]


def _preference(wheel: Wheel) -> tuple[bool, bool, bool, str]:
    """Rank wheels of one version: most images run Linux on x86-64 with glibc and a recent Python."""
    platforms = " ".join(sorted(tag.platform for tag in wheel.tags))
    return (
        "any" in platforms.split(),
        "manylinux" in platforms and "x86_64" in platforms,
        "linux" in platforms,
        max(f"{len(tag.interpreter):02d}{tag.interpreter}" for tag in wheel.tags),
    )


def _wheel(file: IndexFile) -> Wheel | None:
    """Return what a file's name says about it; nothing for what is no wheel."""
    try:
        _, version, _, tags = parse_wheel_filename(file.name)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    return Wheel(file, version, tags)
