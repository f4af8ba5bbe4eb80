"""A whole suite of Debian's, from the lists and the mirror that apt is configured for.

A package's first bytes have its ``md5sums``, which tell neither sizes nor contents that the files of a layer
could be compared with: a version known by its paths alone would be stated wrongly. So packages are
downloaded, each read and deleted before the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import DEB
from praxi_tasks.errors import ReleaseNotFoundError, UsageError
from praxi_tasks.learning.data import NewPackage, StoredRelease, open_lines
from praxi_tasks.learning.sources.debian.deb_archive import open_data_archive
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import ask, check_words, is_there, scratch
from praxi_tasks.learning.sources.tar_archive import list_tar

_FIELDS: Final = ("Package", "Version", "Filename", "SHA256")
_TARGETS: Final = ("apt-get", "indextargets", "--format", "$(FILENAME)|$(REPO_URI)|$(CODENAME)|$(SUITE)")


class _Package(NamedTuple):
    name: str
    version: str
    url: str
    sha256: str
    mirror: str


class SuiteSource:
    """Lists the packages of a suite.

    Parameters
    ----------
    suite
        Its code name or its class: ``trixie``, ``stable``.
    mirror
        Address of an archive, ``…/debian``, whose section main for amd64 is read; empty for those of apt.
    """

    name = DEB.purl_type

    def __init__(self, suite: str, mirror: str = "") -> None:
        self._suite = suite
        self._mirror = mirror

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Debian package, and there is a mirror or apt to ask."""
        return wanted.ecosystem == DEB.purl_type and (bool(self._mirror) or is_there("apt-get"))

    def packages(self) -> Sequence[str]:
        """Return the names of all packages.

        Raises
        ------
        UsageError
            If apt has no lists of the suite.
        ReleaseError
            If the mirror does not have them.
        """
        return sorted(self._known)

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

    @cached_property
    def _known(self) -> dict[str, list[_Package]]:
        """The packages by name, those of one name in the order of the lists."""
        found: dict[str, list[_Package]] = {}
        for package in self._of_mirror() if self._mirror else self._of_apt():
            found.setdefault(package.name, []).append(package)
        if not found:
            raise UsageError(
                f"apt has no lists of the suite {self._suite}",
                action="add the suite to apt's sources and run apt-get update",
            )
        return found

    def _of_apt(self) -> Iterator[_Package]:
        for line in ask([*_TARGETS, "Created-By: Packages"]).splitlines():
            file, address, *names = line.split("|")
            if self._suite in names and address.startswith(("http://", "https://")):
                yield from _packages(Path(file), address.rstrip("/"))

    def _of_mirror(self) -> Iterator[_Package]:
        check_words(self._suite, "0")
        url = f"{self._mirror}/dists/{self._suite}/main/binary-amd64/Packages.xz"
        with scratch() as folder:
            yield from _packages(save_file(url, folder / "Packages.xz", index=self._mirror), self._mirror)


def _packages(file: Path, address: str) -> Iterator[_Package]:
    """Yield the packages of a list; a stanza that lacks something, or has no digest, is passed over."""
    fields: dict[str, str] = {}
    for raw in (*open_lines(file), b""):
        line = raw.decode("utf-8", "replace").rstrip()
        if not line:
            if len(fields) == len(_FIELDS) and _is_digest(fields["SHA256"]):
                url = f"{address}/{fields['Filename']}"
                yield _Package(fields["Package"], fields["Version"], url, fields["SHA256"], address)
            fields = {}
            continue
        name, _, text = line.partition(":")
        if name in _FIELDS:
            fields[name] = text.strip()


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")
