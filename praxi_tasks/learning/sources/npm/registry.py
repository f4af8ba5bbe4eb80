"""Reads an npm registry over HTTP, for pods, whose image has no npm."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from praxi_tasks.ecosystems import NPM
from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import read_page, save_file
from praxi_tasks.learning.sources.npm.tarball import list_tarball
from praxi_tasks.learning.sources.package_managers import check_words, scratch

_ACCEPT: Final = "application/vnd.npm.install-v1+json, application/json;q=0.5"


class _Dist(msgspec.Struct):
    tarball: str
    integrity: str = ""

    def digest(self) -> tuple[str, bytes]:
        """Return algorithm and digest of the first integrity value, the strongest; empty if unknown."""
        algorithm, _, text = self.integrity.split(" ")[0].partition("-")
        try:
            return (algorithm, base64.b64decode(text, validate=True)) if algorithm in _KNOWN else ("", b"")
        except ValueError:
            return "", b""


_KNOWN: Final = frozenset({"sha512", "sha384", "sha256", "sha1"})


class _Version(msgspec.Struct):
    dist: _Dist


class _Document(msgspec.Struct):
    versions: dict[str, _Version] = {}


class NpmRegistry:
    """Lists the tarballs of an npm registry; their scripts are never run.

    Parameters
    ----------
    url
        Of the registry; credentials in it are sent to its host only and never logged.
    """

    name = NPM.purl_type

    def __init__(self, url: str) -> None:
        self._url = url

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is an npm package."""
        return wanted.ecosystem == NPM.purl_type

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that are not prereleases, the latest published first."""
        return [version for version in reversed(self._document(wanted.name).versions) if "-" not in version]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package's tarball installs."""
        check_words(wanted.name, wanted.version)
        found = self._document(wanted.name).versions.get(wanted.version)
        if found is None:
            raise ReleaseNotFoundError("the registry has no such version", where=wanted.purl)
        file = f"{wanted.name.rpartition('/')[2]}-{wanted.version}.tgz"
        with scratch() as folder:
            saved = save_file(found.dist.tarball, folder / file, *found.dist.digest(), index=self._url)
            return list_tarball(saved, wanted)

    def _document(self, name: str) -> _Document:
        check_words(name, "0")
        page = read_page(f"{self._url}/{quote(name, safe='@')}", _ACCEPT)
        try:
            return decode(page.data, _Document)
        except (ValueError, RecursionError) as error:
            raise ReleaseError(f"the registry answers nonsense: {error}", where=page.url) from error
