"""Which paths of a layer are package databases, told by their names alone."""

from __future__ import annotations

from typing import Final

DPKG_STATUS: Final = "var/lib/dpkg/status"
DPKG_STATUS_FOLDER: Final = "var/lib/dpkg/status.d/"
DPKG_INFO_FOLDER: Final = "var/lib/dpkg/info/"
APK_INSTALLED: Final = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
OS_RELEASE: Final = ("etc/os-release", "usr/lib/os-release")
RPM_FILES: Final = {"rpmdb.sqlite": "sqlite", "Packages.db": "ndb", "Packages": "bdb"}
RPM_LOG: Final = "-wal"
"""The ending of SQLite's write-ahead log, which holds what the database does not yet."""

_RPM_FOLDERS: Final = ("var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/")
_RPM_PATHS: Final = frozenset(folder + name for folder in _RPM_FOLDERS for name in RPM_FILES)
_RPM_LOGS: Final = frozenset(f"{folder}rpmdb.sqlite{RPM_LOG}" for folder in _RPM_FOLDERS)
_EXACT: Final = frozenset({DPKG_STATUS, *APK_INSTALLED, *OS_RELEASE, *_RPM_PATHS, *_RPM_LOGS})
_DIST_INFO_FILES: Final = (".dist-info/METADATA", ".dist-info/RECORD")
_EGG_INFO_FILES: Final = (".egg-info/PKG-INFO", ".egg-info/installed-files.txt", ".egg-info/SOURCES.txt")
_EGG_FILES: Final = (".egg/EGG-INFO/PKG-INFO", ".egg/EGG-INFO/SOURCES.txt")
_ENDINGS: Final = (*_DIST_INFO_FILES, *_EGG_INFO_FILES, *_EGG_FILES, ".egg-info", "/package.json", ".list")

_NPM_FOLDER: Final = "/node_modules/"
_NPM_MANIFEST: Final = "/package.json"
_PNPM_STORE: Final = ".pnpm/"


def is_database(path: str) -> bool:
    """Tell whether a layer's reader must keep the content of this path (without a leading slash).

    Asked for every entry of a layer, so that nearly all paths leave at the first line.
    """
    if path.endswith(_ENDINGS):
        return _has_right_place(path)
    return path in _EXACT or path.startswith(DPKG_STATUS_FOLDER)


def is_rpm_database(path: str) -> bool:
    """Tell whether this is rpm's main database in one of its formats."""
    return path in _RPM_PATHS


def is_rpm_log(path: str) -> bool:
    """Tell whether this is the write-ahead log of rpm's main database."""
    return path in _RPM_LOGS


def is_npm_package(path: str) -> bool:
    """Tell whether this ``package.json`` lies where npm, yarn or pnpm install a package.

    A ``node_modules`` somewhere inside a package is that package's test data.
    """
    _, folder, inside = f"/{path}".partition(_NPM_FOLDER)
    if not folder or not inside.endswith(_NPM_MANIFEST):
        return False
    packages = inside.removesuffix(_NPM_MANIFEST).split(_NPM_FOLDER)
    if packages[0].startswith(_PNPM_STORE) and packages[0].count("/") == 1 and len(packages) > 1:
        del packages[0]
    return all(map(_is_npm_name, packages))


def _is_npm_name(name: str) -> bool:
    return name.count("/") == name.startswith("@") and not name.startswith(".")


def _has_right_place(path: str) -> bool:
    if path.endswith(".list"):
        return path.startswith((DPKG_INFO_FOLDER, DPKG_STATUS_FOLDER))
    return is_npm_package(path) if path.endswith("/package.json") else True
