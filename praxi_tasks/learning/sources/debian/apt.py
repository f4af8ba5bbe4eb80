"""Debian packages that apt downloads, from whatever mirror it is configured for."""

from __future__ import annotations

from collections.abc import Sequence

from praxi_tasks.ecosystems import DEB
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.debian.deb_archive import open_data_archive
from praxi_tasks.learning.sources.package_managers import ask, check_words, download, is_there, scratch
from praxi_tasks.learning.sources.tar_archive import list_tar


class AptSource:
    """Lists the data archive of the package that ``apt-get download`` fetches."""

    name = DEB.purl_type

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Debian package and apt is there."""
        return wanted.ecosystem == DEB.purl_type and is_there("apt-get")

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that apt's lists name, the newest first."""
        check_words(wanted.name, "0")
        lines = ask(["apt-cache", "madison", wanted.name]).splitlines()
        return list(dict.fromkeys(line.split("|")[1].strip() for line in lines if line.count("|") == 2))

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package's data archive installs."""
        check_words(wanted.name, wanted.version)
        with scratch() as folder:
            folder.chmod(0o755)  # apt downloads as a user of its own
            deb = download(["apt-get", "download", "-qq", f"{wanted.name}={wanted.version}"], folder)
            with open_data_archive(deb) as data:
                return list_tar(data, wanted, f"deb {deb.name}", _as_it_is)


def _as_it_is(path: str) -> str:
    return path
