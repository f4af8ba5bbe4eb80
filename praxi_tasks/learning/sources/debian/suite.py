"""A whole suite of Debian's or Ubuntu's, from a mirror: the one that a setting names, or apt's own.

A package's first bytes have its ``md5sums``, which tell neither sizes nor contents that the files of a layer
could be compared with: a version known by its paths alone would be stated wrongly. So packages are
downloaded, each read and deleted before the next. Which path is in which package of the whole suite, the
archive's Contents indexes tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from praxi_tasks.ecosystems import DEB
from praxi_tasks.errors import ReleaseNotFoundError, ReleaseRefusedError, UsageError
from praxi_tasks.http import redact_url
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.debian.deb_archive import open_data_archive
from praxi_tasks.learning.sources.debian.package_list import ListedPackage, by_popularity, read_list
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import ask, check_words, is_there, scratch
from praxi_tasks.learning.sources.tar_archive import list_tar

_TARGETS: Final = ("apt-get", "indextargets", "--format", "$(FILENAME)|$(REPO_URI)|$(CODENAME)|$(SUITE)")
_LISTS: Final = "main/binary-amd64/Packages.xz"
_POCKETS: Final = ("updates", "security")
_CONTENTS: Final = ("main/Contents-all.gz", "main/Contents-amd64.gz", "Contents-amd64.gz")
"""Debian's two by component; Ubuntu has one of all components. What an archive lacks is passed over."""


class SuiteSource:
    """Lists the packages of a suite, with its updates and security fixes.

    Parameters
    ----------
    suite
        Its code name or its class: ``trixie``, ``stable``.
    mirror
        Address of an archive, ``…/debian``, whose section main for amd64 is read; empty for that of apt. Its
        security fixes are looked for in itself, and at the same address with ``-security`` if it has a path.
    """

    name = DEB.purl_type

    def __init__(self, suite: str, mirror: str = "") -> None:
        self._suite = suite
        self._mirror = mirror

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Debian package, and there is a mirror or apt to ask."""
        return wanted.ecosystem == DEB.purl_type and (bool(self._mirror) or is_there("apt-get"))

    def packages(self) -> Sequence[str]:
        """Return the names of all packages, those first that the system and most others need.

        Raises
        ------
        UsageError
            If apt has no lists of the suite, and its mirror does not have it.
        ReleaseError
            If the mirror that was named does not have it.
        """
        return by_popularity([found[-1] for found in self._known.values()])

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that the suite has, the newest first."""
        return [package.version for package in reversed(self._known.get(wanted.name, []))]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package's data archive installs."""
        check_words(wanted.name, wanted.version)
        found = next((p for p in self._known.get(wanted.name, ()) if p.version == wanted.version), None)
        if found is None:
            raise ReleaseNotFoundError(f"the suite {self._suite} has it not", where=wanted.purl)
        with scratch() as folder:
            name = found.url.rpartition("/")[2]
            deb = save_file(
                found.url, folder / "package.deb", "sha256", bytes.fromhex(found.sha256), index=found.mirror
            )
            with open_data_archive(deb) as data:
                return list_tar(data, wanted, f"deb {name}", lambda member: member)

    def contents(self, folder: Path) -> list[Path]:
        """Fetch the indexes of which path is in which package; an archive may have none.

        Raises
        ------
        ReleaseError
            If the mirror does not answer.
        """
        mirror = self._mirror or self._apt_mirror()
        found = []
        for number, index in enumerate(_CONTENTS if mirror else ()):
            url = f"{mirror}/dists/{self._suite}/{index}"
            try:
                found.append(save_file(url, folder / f"contents-{number}.gz", index=mirror))
            except ReleaseNotFoundError:
                continue
        return found

    @cached_property
    def _known(self) -> dict[str, list[ListedPackage]]:
        """The packages by name, those of one name in the order of the lists."""
        found: dict[str, list[ListedPackage]] = {}
        for package in self._of_mirror(self._mirror) if self._mirror else self._of_apt():
            versions = found.setdefault(package.name, [])
            if all(package.version != known.version for known in versions):
                versions.append(package)
        return found

    def _of_apt(self) -> Iterator[ListedPackage]:
        """Yield what apt's lists say; of a suite that it has not, what its mirror says."""
        suites = {self._suite, *(f"{self._suite}-{pocket}" for pocket in _POCKETS)}
        lists = [(Path(file), address) for file, address, *names in self._targets() if suites & {*names}]
        if lists:
            for file, address in lists:
                yield from read_list(file, address)
            return
        unknown = UsageError(
            f"apt has no lists of the suite {self._suite}",
            action="add the suite to apt's sources and run apt-get update",
        )
        if not (mirror := self._apt_mirror()):
            raise unknown
        try:
            yield from self._of_mirror(mirror)
        except ReleaseNotFoundError:
            raise unknown from None

    def _targets(self) -> Iterator[list[str]]:
        """Yield of each list that apt has: its file, the archive's address, code name and class."""
        for line in ask([*_TARGETS, "Created-By: Packages"]).splitlines():
            file, address, *names = line.split("|")
            if address.startswith(("http://", "https://")):
                yield [file, address.rstrip("/"), *names]

    def _apt_mirror(self) -> str:
        """Return the address of the archive that apt's first list is from, empty if it has none."""
        return next((address for _, address, *_ in self._targets()), "")

    def _of_mirror(self, mirror: str) -> Iterator[ListedPackage]:
        check_words(self._suite, "0")
        listed = list(self._fetched(mirror, self._suite))
        if not listed:
            raise ReleaseRefusedError(
                f"the mirror's list of the suite {self._suite} names no package",
                where=redact_url(mirror),
                action="check the mirror's address, and that it wants no login",
            )
        yield from listed
        pockets = [(mirror, pocket) for pocket in _POCKETS]
        if urlsplit(mirror).path.strip("/"):  # else it would be another host
            pockets.append((f"{mirror}-security", _POCKETS[-1]))
        for archive, pocket in pockets:
            try:
                yield from self._fetched(archive, f"{self._suite}-{pocket}")
            except ReleaseNotFoundError:
                continue

    def _fetched(self, archive: str, suite: str) -> Iterator[ListedPackage]:
        url = f"{archive}/dists/{suite}/{_LISTS}"
        with scratch() as folder:
            yield from read_list(save_file(url, folder / "Packages.xz", index=archive), archive)
