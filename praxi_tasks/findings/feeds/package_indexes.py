"""Package indexes of languages: how to ask one which versions of a package there are, and since when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from praxi_tasks import ecosystems
from praxi_tasks.json_decoding import decode

Releases = dict[str, str]
_PYPI_JSON: Final = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class PackageIndex:
    """One kind of index.

    Parameters
    ----------
    ecosystem
        The package URL type of what it offers.
    accept
        The media type to ask for.
    place
        Returns a package's place below the index's base URL.
    read
        Returns version → day of release (ISO 8601, empty where it is not given) from a package's document;
        raises :class:`msgspec.MsgspecError` if it is none.
    """

    ecosystem: str
    accept: str
    place: Callable[[str], str]
    read: Callable[[bytes], Releases]

    @property
    def file(self) -> str:
        """The name of its release lists in a feeds folder."""
        return f"releases/{self.ecosystem}.json"


class _File(msgspec.Struct, rename="kebab"):
    filename: str
    upload_time: str = ""
    yanked: bool | str = False


class _Project(msgspec.Struct):
    files: list[_File]


class _Version(msgspec.Struct):
    deprecated: Any = None


class _Packument(msgspec.Struct):
    versions: dict[str, _Version]
    time: dict[str, Any] = {}


def _of_pypi(document: bytes) -> Releases:
    """Read a project (PEP 691, PEP 700): a release is as old as its first file; yanked ones are none."""
    days: Releases = {}
    for file in decode(document, _Project).files:
        version = None if file.yanked else _version(file.filename)
        if version is not None:
            day = file.upload_time[:10]
            days[version] = min(days.get(version) or day, day)
    return days


def _version(filename: str) -> str | None:
    try:
        if filename.endswith(".whl"):
            return str(parse_wheel_filename(filename)[1])
        return str(parse_sdist_filename(filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def _of_npm(document: bytes) -> Releases:
    """Read a registry document; versions that their authors deprecated are no releases to move to."""
    content = decode(document, _Packument)
    return {
        version: str(content.time.get(version, ""))[:10]
        for version, about in content.versions.items()
        if not about.deprecated
    }


PYPI: Final = PackageIndex(ecosystems.PYPI.purl_type, _PYPI_JSON, lambda name: f"{quote(name)}/", _of_pypi)
NPM: Final = PackageIndex(
    ecosystems.NPM.purl_type, "application/json", lambda name: quote(name, safe="@"), _of_npm
)
