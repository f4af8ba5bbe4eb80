"""Package indexes: PyPI's wheels, Debian's packages, npm's tarballs, from whatever mirror is configured.

The package managers' own commands fetch one archive, without what it depends on; it is listed, never
installed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.errors import ReleaseError, ReleaseRefusedError
from praxi_tasks.learning.data.requests import NewPackage
from praxi_tasks.learning.data.stored_release import MOST_FILES, StoredRelease
from praxi_tasks.learning.data.wheel_files import open_wheel, read_wheel
from praxi_tasks.learning.sources.archives import list_tar, open_data_archive
from praxi_tasks.learning.sources.package_managers import ask, check_words, download, is_there, scratch

_NPM_HOME: Final = "usr/local/lib/node_modules"
_LONGEST_TOLD: Final = 200


class PyPISource:
    """Wheels as pip finds them."""

    name = "pypi"

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Python package and pip is there."""
        return wanted.ecosystem == "pypi" and is_there("pip")

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that pip finds, the newest first."""
        check_words(wanted.name, "0")
        told = ask(["pip", "index", "versions", "--disable-pip-version-check", "--no-input", wanted.name])
        listed = re.search(r"^Available versions: (.+)$", told, re.MULTILINE)
        return [version.strip() for version in listed[1].split(",")] if listed else ()

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the release's wheel contains."""
        check_words(wanted.name, wanted.version)
        with scratch() as folder:
            return list_wheel(download(_pip_download(wanted), folder), wanted)


def list_wheel(wheel: Path, wanted: NewPackage) -> StoredRelease:
    """Return the release that a wheel installs.

    Raises
    ------
    ReleaseRefusedError
        If it is another release's, holds too much, or claims a path outside of what it may own.
    DataError
        If it is damaged.
    """
    check_wheel_name(wheel.name, wanted)
    with open_wheel(wheel) as archive:
        names = archive.namelist()
    if len(names) > MOST_FILES:
        raise ReleaseRefusedError(f"it has {len(names):,} files", where=wanted.purl)
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise ReleaseRefusedError(f"it claims the path {name!r}", where=wanted.purl)
    found = read_wheel(wheel)
    return StoredRelease(
        *wanted.identity, f"wheel {wheel.name}", found.paths, found.sizes, found.hashes, found.measured
    )


def check_wheel_name(file: str, wanted: NewPackage) -> None:
    """Refuse a wheel whose name says that it is another release's.

    Raises
    ------
    ReleaseRefusedError
        If it does, or is no wheel's name.
    """
    try:
        name, version, _, _ = parse_wheel_filename(file)
        is_wanted = name == wanted.name and version == Version(wanted.version)
    except (InvalidWheelFilename, InvalidVersion):
        is_wanted = False
    if not is_wanted:
        raise ReleaseRefusedError(f"the wheel is {file[:_LONGEST_TOLD]!r}", where=wanted.purl)


class DebSource:
    """Debian packages as apt finds them: the data archive's files."""

    name = "deb"

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Debian package and apt is there."""
        return wanted.ecosystem == "deb" and is_there("apt-get")

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
                return list_tar(data, wanted, f"deb {deb.name}", _plain)


class NpmSource:
    """npm packages as npm finds them: the tarball's files."""

    name = "npm"

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is an npm package and npm is there."""
        return wanted.ecosystem == "npm" and is_there("npm")

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that are no prereleases, the latest published first."""
        check_words(wanted.name, "0")
        told = ask(["npm", "view", wanted.name, "versions", "--json"])
        return [version for version in reversed(_versions(told)) if "-" not in version]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package's tarball installs."""
        check_words(wanted.name, wanted.version)
        command = ["npm", "pack", "--loglevel=error", "--ignore-scripts", f"{wanted.name}@{wanted.version}"]
        with scratch() as folder:
            return list_npm(download(command, folder), wanted)


def list_npm(tarball: Path, wanted: NewPackage) -> StoredRelease:
    """Return the release that an npm tarball installs; see :func:`list_tar` for errors."""
    home = f"{_NPM_HOME}/{wanted.name}"
    with tarball.open("rb") as file:
        return list_tar(file, wanted, f"npm {tarball.name}", lambda path: _below(home, path))


def _pip_download(wanted: NewPackage) -> list[str]:
    options = ["--no-deps", "--no-input", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    return ["pip", "download", *options, f"{wanted.name}=={wanted.version}"]


def _versions(told: str) -> list[str]:
    """Return the versions that npm printed: a list, or a single one."""
    try:
        found = msgspec.json.decode(told, type=list[str] | str)
    except msgspec.MsgspecError as error:
        raise ReleaseError(f"npm answers nonsense: {error}") from error
    return [found] if isinstance(found, str) else found


def _plain(path: str) -> str:
    return path


def _below(home: str, path: str) -> str | None:
    """Return where npm puts a member: its first folder, whatever it is called, becomes the package's."""
    inside = re.sub(r"^[^/]+/", "", path, count=1)
    return f"{home}/{inside}" if inside != path else None
