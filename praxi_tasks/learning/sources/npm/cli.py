"""npm packages that the npm command downloads, from whatever registry it is configured for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from praxi_tasks.ecosystems import NPM
from praxi_tasks.errors import ReleaseError
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.npm.tarball import list_tarball
from praxi_tasks.learning.sources.package_managers import ask, check_words, download, is_there, scratch


class NpmCliSource:
    """Lists the tarball that ``npm pack`` fetches; its scripts are not run."""

    name = NPM.purl_type

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is an npm package and npm is there."""
        return wanted.ecosystem == NPM.purl_type and is_there("npm")

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that are not prereleases, the latest published first."""
        check_words(wanted.name, "0")
        printed = ask(["npm", "view", wanted.name, "versions", "--json"])
        return [version for version in reversed(_versions(printed)) if "-" not in version]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package's tarball installs."""
        check_words(wanted.name, wanted.version)
        command = ["npm", "pack", "--loglevel=error", "--ignore-scripts", f"{wanted.name}@{wanted.version}"]
        with scratch() as folder:
            return list_tarball(download(command, folder), wanted)


def _versions(printed: str) -> list[str]:
    """Return the versions that npm printed: a list, or a single one."""
    try:
        found = decode(printed.encode())
        return [found] if isinstance(found, str) else decode(printed.encode(), list[str])
    except msgspec.MsgspecError as error:
        raise ReleaseError(f"npm printed no list of versions: {error}") from error
