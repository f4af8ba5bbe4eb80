"""Versions that small files inside a package's folder say: ``_version.py``, ``VERSION``, ``package.json``."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import msgspec
from packaging.version import InvalidVersion, Version

from praxi_tasks.inventory.claim import VersionText
from praxi_tasks.inventory.language.npm import is_npm_package
from praxi_tasks.json_decoding import decode_shallow
from praxi_tasks.printable import printable

_LIBRARIES: Final = ("site-packages", "dist-packages")
# What folders are called into which `pip install --target` puts packages.
_TARGETS: Final = (*_LIBRARIES, "python", "deps", "dependencies", "vendor", "packages", "pypackages", "lib")
VERSION_FILES: Final = (
    *("_version.py", "version.py", "__version__.py", "__about__.py", "_version_meson.py", "_about.py"),
    *("_version_meta.py", "_version_info.py", "__version_info__.py", "_versions.py", "versions.py"),
    *("VERSION", "VERSION.txt", "version.txt", "_version.txt", "version", "_dist_ver.py", "about.py"),
    *("_meta.py", "__meta__.py", "__pkginfo__.py", "package_data.py", "release.py", "__init__.py"),
)
"""The names of the files in a Python package that may say its version, the most reliable first."""

ENDINGS: Final = tuple(f"/{name}" for name in VERSION_FILES)
_MODULE: Final = ".py"
_TAIL: Final = 3
_TAILS: Final = frozenset({_MODULE, *(ending[-_TAIL:] for ending in ENDINGS)})  # a layer has a million paths
_MANIFEST: Final = "/package.json"
_MOST_TEXT: Final = 1 << 18  # bytes of a file that are read
_LONGEST: Final = 80  # characters of a version or a name
_MOST: Final = 20_000  # files of one layer that are read

# A text that is put together of several is none: "1.2.%d" % 3, "1.2" + suffix.
_TEXT: Final = rb"\(?\s*[rbu]?(?:\"{3}|'{3}|[\"'])v?(\d[^\"'\s]*+)[\"']++(?![\"')]*[ \t]*[+%])"
_VERSION: Final = (
    re.compile(rb"^__version__\s*(?::[^=\n]*)?=\s*(?:\w+\s*=\s*)?" + _TEXT, re.MULTILINE),
    re.compile(rb"^(?:full_version|FULL_VERSION)\s*(?::[^=\n]*)?=\s*" + _TEXT, re.MULTILINE),
    re.compile(
        rb"^_{0,2}(?:version|VERSION|release|version_str|short_version|Version)_{0,2}\s*(?::[^=\n]*)?="
        rb"\s*(?:\w+\s*=\s*)*" + _TEXT,
        re.MULTILINE,
    ),
    re.compile(rb"^[ \t]*\"version\":\s*\"v?(\d[^\"\s]*)\"", re.MULTILINE),  # versioneer's
)
# Numbers with nothing behind them but what says that a release is finished: ("1", "2"), (4, 2, "final", 0).
_NUMBERS: Final = re.compile(
    rb"^(?:_{0,2}version_(?:info|tuple)_{0,2}|__version__|VERSION(?:_INFO)?|version)\s*(?::[^=\n]*)?=\s*(?:\w+\s*=\s*)?"
    rb"[(\[]\s*([\"']?\d+[\"']?(?:\s*,\s*[\"']?\d+[\"']?){1,3})\s*(?:,\s*[\"']final[\"'](?:\s*,\s*0)?)?\s*,?\s*[)\]]",
    re.MULTILINE,
)
_INCREMENTAL: Final = re.compile(  # Twisted's: Version("Twisted", 22, 10, 0)
    rb"^__version__\s*=\s*Version\(\s*[\"'][\w.-]+[\"']\s*,\s*(\d+(?:\s*,\s*\d+){1,3})\s*\)", re.MULTILINE
)
_PLAIN: Final = re.compile(rb"(?:__version__|version)\s*[:=]\s*[\"']?([^\s\"']+)[\"']?", re.IGNORECASE)
_NAME: Final = re.compile(
    rb"__version__\s*(?::[^=\n]*)?=\s*[\w.]*(?:version|get_distribution)\(\s*(?:[\"']([\w.-]+)[\"']|(__name__|__package__))"
)
_TITLE: Final = re.compile(
    rb"^__(?:title|package_name|packagename)__\s*=\s*[\"']([\w.-]+)[\"']", re.MULTILINE
)


def keep_version_file(path: str) -> bool:
    """Return whether a file may say the version of a package that no record names.

    In folders that any application may have, only files whose names say what they are for are kept.
    """
    if path[-_TAIL:] not in _TAILS:
        return False
    if path.endswith(ENDINGS):
        folders = path.split("/")[-5:-1]
        if path.endswith("/__init__.py"):
            return len(folders) > 1 and folders[-2] in _TARGETS
        return path.endswith(_OWN_NAMES) or any(folder in _LIBRARIES for folder in folders)
    return path.endswith(_MODULE) and path.rpartition("/")[0].endswith(_LIBRARIES)


_OWN_NAMES: Final = tuple(
    f"/{name}" for name in ("_version.py", "version.py", "__version__.py", "__about__.py")
)


def read_version_texts(kept: Mapping[str, bytes], known: Collection[str]) -> Iterator[VersionText]:
    """Yield what the version files of a layer say.

    Parameters
    ----------
    kept
        The contents of the files that were kept.
    known
        Paths of files that need not be read, because they are of packages with a record.
    """
    wanted = (path for path in sorted(kept) if path not in known)
    for _, path in zip(range(_MOST), filter(_may_say, wanted), strict=False):
        said_by = _manifest if path.endswith(_MANIFEST) else _python
        found = said_by(path, kept[path])
        if found:
            yield found


def _python(path: str, content: bytes) -> VersionText | None:
    """Return what a file of Python's says of its package; None where it says nothing."""
    head = content[:_MOST_TEXT].removeprefix(BOM_UTF8).replace(b"\r", b"\n")
    name = _said_name(path, head)
    version = _plain(head) if not path.endswith(_MODULE) else _assigned(head)
    return VersionText(path, version, name) if version or name else None


def _manifest(path: str, content: bytes) -> VersionText | None:
    """Return the version that npm's manifest says, also where it does not say of what."""
    try:
        version = decode_shallow(content.removeprefix(BOM_UTF8), _Manifest).version.strip()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return VersionText(path, version, "") if 0 < len(version) <= _LONGEST and version.isprintable() else None


class _Manifest(msgspec.Struct):
    version: str = ""


def _may_say(path: str) -> bool:
    return is_npm_package(path) if path.endswith(_MANIFEST) else keep_version_file(path)


def _assigned(text: bytes) -> str:
    for pattern in _VERSION:
        for found in pattern.finditer(text):
            if version := _checked(found[1]):
                return version
    numbers = _NUMBERS.search(text) or _INCREMENTAL.search(text)
    return _checked(b".".join(re.findall(rb"\d+", numbers[1]))) if numbers else ""


def _plain(text: bytes) -> str:
    """Return the version that is all of a file's text."""
    line = text.strip()
    stated = _PLAIN.fullmatch(line)
    return _checked(stated[1] if stated else line)


def _checked(text: bytes) -> str:
    """Return a version as PEP 440 writes it, else nothing; nor what stands where none was filled in."""
    shown = text[: _LONGEST + 1].decode("ascii", "replace")
    try:
        version = Version(shown)
    except InvalidVersion:
        return ""
    return str(version) if len(shown) <= _LONGEST and any(version.release) else ""


def _said_name(path: str, text: bytes) -> str:
    found = _NAME.search(text)
    if found:
        return found[1].decode()[:_LONGEST] if found[1] else printable(_imported_as(path))
    title = _TITLE.search(text)
    return title[1].decode()[:_LONGEST] if title else ""


def _imported_as(path: str) -> str:
    """Return by what a package or a module beside packages is imported."""
    folder, _, file = path.rpartition("/")
    return file.removesuffix(_MODULE) if folder.endswith(_LIBRARIES) else folder.rpartition("/")[2]
