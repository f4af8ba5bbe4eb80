"""A whole suite of rpm packages, from its repositories: Fedora's, or those of what is built as RHEL is.

Of a package only the header is fetched, by Range: it lists paths, sizes and SHA-256 of all files, and by its
links from build-ids those of its programs. Which path is in which package of the suite tell the filelists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

import zstandard

from praxi_tasks.ecosystems import RPM
from praxi_tasks.errors import NoPartsError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.http import read_part
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import release_errors, save_file
from praxi_tasks.learning.sources.pacing import paced
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.rpm.metadata import Repository
from praxi_tasks.learning.sources.rpm.package_header import MOST_BYTES, is_build_id_link, release_of_header
from praxi_tasks.learning.sources.rpm.package_list import (
    NAME,
    ListedRpm,
    Popularity,
    is_of_image,
    listed_packages,
)

logger = logging.getLogger(__name__)


class _Known(NamedTuple):
    """The packages by name and version, and all names, those first that others need most."""

    packages: dict[str, dict[str, ListedRpm]]
    names: list[str]


class RpmSource:
    """Lists the packages of repositories that belong together.

    Parameters
    ----------
    repositories
        Their addresses: folders that have ``repodata``. The first has to be there, others may not be.
    """

    name = RPM.purl_type

    def __init__(self, repositories: Sequence[str]) -> None:
        self._repositories = [Repository(address) for address in repositories]

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is an rpm package."""
        return wanted.ecosystem == RPM.purl_type

    def packages(self) -> Sequence[str]:
        """Return the names of all packages, those first that most others need; see :class:`SuiteIndex`."""
        return self._known.names

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that the repositories have, those first that were built last."""
        found = self._known.packages.get(wanted.name, {})
        return sorted(found, key=lambda version: -found[version].built)

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package installs, by its header."""
        check_words(wanted.name, wanted.version)
        found = self._known.packages.get(wanted.name, {}).get(wanted.version)
        if found is None:
            raise ReleaseNotFoundError("the repositories have it not", where=wanted.purl)
        if found.end - found.start > MOST_BYTES:
            raise ReleaseRefusedError(f"its header has more than {MOST_BYTES:,} bytes", where=wanted.purl)
        return release_of_header(_header(found), wanted, found.url.rpartition("/")[2])

    def contents(self, folder: Path) -> list[Path]:
        """Fetch which path is in which package, one file for each repository; see :class:`IndexedSource`."""
        found = []
        for number, repository in enumerate(self._repositories):
            path = folder / f"contents-{number}.zst"
            try:
                _write_contents(repository, path)
            except ReleaseNotFoundError:
                continue
            found.append(path)
        return found

    @cached_property
    def _known(self) -> _Known:
        packages: dict[str, dict[str, ListedRpm]] = {}
        popularity = Popularity()
        for package in self._listed():
            popularity.note(package)
            slim = package._replace(needs=frozenset(), gives=frozenset())
            packages.setdefault(package.name, {}).setdefault(package.version, slim)
        return _Known(packages, popularity.ranked(packages))

    def _listed(self) -> Iterator[ListedRpm]:
        for number, repository in enumerate(self._repositories):
            try:
                yield from listed_packages(repository)
            except ReleaseNotFoundError:
                if number == 0:
                    raise


def _header(package: ListedRpm) -> bytes:
    """Fetch a package's header; all of the package where the server gives no parts."""
    length, index = package.end - package.start, package.repository
    try:
        with release_errors():
            part = paced(package.url, partial(read_part, package.url, length, package.start, named=index))
            return part.data
    except NoPartsError as error:
        logger.info("%s is downloaded: %s", package.name, error)
    with scratch() as folder:
        algorithm = "sha256" if package.digest else ""
        saved = save_file(package.url, folder / "package", algorithm, package.digest, index=index)
        with saved.open("rb") as file:
            file.seek(package.start)
            return file.read(length)


def _is_told(path: str) -> bool:
    return path.startswith("/") and "\n" not in path and not is_build_id_link(path)


def _write_contents(repository: Repository, path: Path) -> None:
    """Write the paths of a repository's packages as Debian's Contents indexes have them."""
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as packed:
        for element in repository.records("filelists", "filelists", path.parent):
            name = element.attributes.get("name", "")
            if not NAME.fullmatch(name) or not is_of_image(element.attributes.get("arch", "")):
                continue
            lines = (
                f"{each.text[1:]}\t{RPM.purl_type}/{name}\n"
                for each in element.all("file")
                if "type" not in each.attributes and _is_told(each.text)
            )
            packed.write("".join(lines).encode())
