"""The kinds of package records that are known by their paths and read by nobody yet.

Once a reader wants the files of a kind, they are read and its row here tells only of those that are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from praxi_tasks.ecosystems import (
    APK,
    CARGO,
    COMPOSER,
    DEB,
    FLATPAK,
    GOLANG,
    MAVEN,
    NPM,
    OPKG,
    PUB,
    PYPI,
    RPM,
    SNAP,
)

_LONGEST: Final = 1_000  # characters of a path: some patterns take quadratic time


@dataclass(frozen=True)
class UnreadKind:
    """One kind of record.

    Parameters
    ----------
    name
        What people call the package manager.
    ecosystem
        The package URL type of what it installs.
    mark
        How a path of the kind ends, or where ``at_start`` is set begins: what nearly every path lacks.
    place
        A pattern of where the records are: what is reported, once for all records of a place.
    record
        A pattern of what follows in the path of one record. Its first group, if it has one, names the
        record, which may have several files.
    shown
        What follows the place in reports, where the place is a folder like any other.
    """

    name: str
    ecosystem: str
    mark: str
    place: str
    record: str = ""
    at_start: bool = False
    shown: str = ""

    def matches(self, path: str) -> bool:
        """Return whether a path is one of the kind's records."""
        marked = path.startswith(self.mark) if self.at_start else path.endswith(self.mark)
        return marked and len(path) <= _LONGEST and self._pattern.fullmatch(path) is not None

    def split(self, path: str) -> tuple[str, str]:
        """Return the place of a path that matches, and the record that it is of."""
        found = self._pattern.fullmatch(path)
        if found is None:
            raise ValueError(f"{path!r} is no record of {self.name}")
        return found[1] + self.shown, found[self._pattern.groups] if self._pattern.groups > 1 else path

    def is_place(self, place: str) -> bool:
        """Return whether records of the kind are reported under a place."""
        return self._place.fullmatch(place) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"({self.place}){self.record}", re.DOTALL)

    @cached_property
    def _place(self) -> re.Pattern[str]:
        return re.compile(self.place + re.escape(self.shown), re.DOTALL)


def _rpm(folder: str) -> UnreadKind:
    return UnreadKind(
        RPM.database, RPM.purl_type, f"{folder}/", rf"{folder}/(?:rpmdb|Packages)(?:\.[^-]+)?", at_start=True
    )


def _below(name: str, ecosystem: str, folder: str, record: str) -> UnreadKind:
    return UnreadKind(name, ecosystem, f"{folder}/", folder, record, at_start=True)


def _archives(name: str, ecosystem: str, ending: str) -> UnreadKind:
    """Return files that lie anywhere: the folders are told in which they are, and not each of them."""
    return UnreadKind(
        name, ecosystem, ending, r"(?:[^/]+/){0,3}", rf".*{re.escape(ending)}", shown=f"*{ending}"
    )


KINDS: Final = (
    # Databases that are read, in other forms or places.
    UnreadKind(RPM.database, RPM.purl_type, "/rpmdb.sqlite", r".+/rpmdb\.sqlite"),
    UnreadKind(RPM.database, RPM.purl_type, "/Packages", r".*\brpm/Packages"),
    UnreadKind(RPM.database, RPM.purl_type, "/Packages.db", r".*\brpm/Packages\.db"),
    UnreadKind("rpm (LMDB)", RPM.purl_type, ".mdb", r".*\brpm/[^/]*\.mdb"),
    _rpm("var/lib/rpm"),
    _rpm("usr/lib/sysimage/rpm"),
    _rpm("usr/share/rpm"),
    UnreadKind("dpkg", DEB.purl_type, "/status", r".*\bdpkg/status"),
    UnreadKind(APK.database, APK.purl_type, "/installed", r".*\bapk/db/installed"),
    *(
        UnreadKind("Python (an archive)", PYPI.purl_type, ending, rf".+{re.escape(ending)}")
        for ending in (".egg", ".pex", ".pyz", ".pyzw", ".shiv", ".whl")
    ),
    UnreadKind("Electron (an archive)", NPM.purl_type, ".asar", r".+\.asar"),
    # Other distributions.
    UnreadKind(OPKG.database, OPKG.purl_type, "/status", r".*\bopkg/status"),
    _below("FreeBSD pkg", "freebsd", "var/db/pkg", r"/local\.sqlite"),
    _below("Snap", SNAP.purl_type, "var/lib/snapd/snaps", r"/[^/]+\.snap"),
    _below("Flatpak", FLATPAK.purl_type, "var/lib/flatpak/app", r"/([^/]+)/[^/]+/[^/]+/[0-9a-f]{64}/.+"),
    UnreadKind(
        "Windows", "windows", "/SOFTWARE", r"(?i:Files/Windows/System32/config/SOFTWARE)"
    ),
    # Languages.
    _archives("Java", MAVEN.purl_type, ".jar"),
    _archives("Java", MAVEN.purl_type, ".war"),
    _archives("Java", MAVEN.purl_type, ".ear"),
    UnreadKind("Composer (an archive)", COMPOSER.purl_type, ".phar", r".+\.phar"),
    UnreadKind("Go", GOLANG.purl_type, ".mod", r"(?:.*/)?pkg/mod/cache/download", r"/.+/@v/[^/]+\.mod"),
    UnreadKind("Go", GOLANG.purl_type, "/modules.txt", r"(?:.*/)?vendor/modules\.txt"),
    UnreadKind("Cargo", CARGO.purl_type, ".crate", r"(?:.*/)?registry/cache", r"/[^/]+/[^/]+\.crate"),
    UnreadKind("Dart", PUB.purl_type, "/package_config.json", r"(?:.*/)?\.dart_tool/package_config\.json"),
)  # fmt: skip
"""Where two kinds have the same path, the first is told."""
