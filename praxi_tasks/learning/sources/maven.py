"""Maven repositories, and the jars in them: https://maven.apache.org/repository/layout.html.

A jar is one file. Where a repository publishes its SHA-256, that and its size are all that is fetched; else
it is downloaded and compared with the SHA-1 that every repository has. Nothing says where a jar is installed:
it is listed where Debian puts jars, and known by its content wherever it lies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import quote

import numpy as np
from xxhash import xxh3_64

from praxi_tasks.ecosystems import MAVEN
from praxi_tasks.errors import (
    DataError,
    NoPartsError,
    ReleaseError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
)
from praxi_tasks.fingerprint import published_content
from praxi_tasks.http import read_part, redact_url
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import read_page, release_errors, save_file
from praxi_tasks.learning.sources.pacing import paced
from praxi_tasks.learning.sources.package_managers import scratch
from praxi_tasks.xml_stream import stream_elements

_HOME: Final = "usr/share/java"
_PART: Final = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}"
_NAME: Final = re.compile(rf"({_PART}):({_PART})")
_VERSION: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,199}")
_UNFINISHED: Final = re.compile(
    r".*[.-](?:snapshot|alpha|beta|milestone|preview|rc|cr|ea|m|a|b|pre)[.-]?\d{0,9}(?:[.-].*)?",
    re.IGNORECASE,
)
_PIECE: Final = 1 << 20


class _Jar(NamedTuple):
    size: int
    content: int


class MavenRepository:
    """Lists the jars of a repository.

    Parameters
    ----------
    url
        Of the repository; credentials in it are sent to its host only and never logged.
    """

    name = MAVEN.purl_type

    def __init__(self, url: str) -> None:
        self._url = url

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a package of Maven's whose group is known."""
        return wanted.ecosystem == MAVEN.purl_type and _NAME.fullmatch(wanted.name) is not None

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that are not prereleases, the latest published first."""
        page = read_page(f"{self._folder(wanted.name)}/maven-metadata.xml", "application/xml, */*;q=0.5")
        where = redact_url(page.url)
        try:
            listed = [*stream_elements([page.data], ("versions",), "metadata", where)]
        except DataError as error:
            raise ReleaseError(f"the repository answers nonsense: {error.what}", where=where) from error
        found = [each.text.strip() for versions in listed for each in versions.all("version")]
        return [
            version
            for version in dict.fromkeys(reversed(found))
            if _VERSION.fullmatch(version) and not _UNFINISHED.fullmatch(version)
        ]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return the release's jar."""
        if not _VERSION.fullmatch(wanted.version):
            raise ReleaseRefusedError("not a version that a repository can have", where=wanted.purl)
        file = f"{wanted.name.partition(':')[2]}-{wanted.version}.jar"
        url = f"{self._folder(wanted.name)}/{quote(wanted.version)}/{quote(file)}"
        jar = self._published(url) or self._downloaded(url)
        return StoredRelease(
            *wanted.identity,
            f"maven {file}",
            [f"{_HOME}/{file}"],
            np.array([jar.size], np.uint64),
            np.array([jar.content], np.uint64),
            np.ones(1, np.bool_),
        )

    def _folder(self, name: str) -> str:
        match = _NAME.fullmatch(name)
        if match is None or ".." in name:
            raise ReleaseRefusedError("not group:artifact", where=repr(name[:200]))
        return f"{self._url}/{quote(match[1].replace('.', '/'))}/{quote(match[2])}"

    def _published(self, url: str) -> _Jar | None:
        """Return what the repository says of a jar, if it has its SHA-256 and gives parts of files."""
        if not (digest := self._checksum(f"{url}.sha256", 32)):
            return None
        try:
            with release_errors():
                part = paced(url, partial(read_part, url, 1, 0, named=self._url))
        except NoPartsError:
            return None
        return _Jar(part.total, published_content(digest))

    def _downloaded(self, url: str) -> _Jar:
        digest = self._checksum(f"{url}.sha1", 20)
        with scratch() as folder:
            algorithm = "sha1" if digest else ""
            saved = save_file(url, folder / "x.jar", algorithm, digest, index=self._url)
            hashed, size = xxh3_64(), 0
            with saved.open("rb") as file:
                while piece := file.read(_PIECE):
                    hashed.update(piece)
                    size += len(piece)
        return _Jar(size, hashed.intdigest())

    def _checksum(self, url: str, length: int) -> bytes:
        """Return a checksum that the repository has beside a file; empty if it has none."""
        try:
            text = read_page(url, "text/plain, */*;q=0.5").data[:200].decode("ascii", "replace").split()
            digest = bytes.fromhex(text[0]) if text else b""
        except (ReleaseNotFoundError, ValueError):
            return b""
        return digest if len(digest) == length else b""
