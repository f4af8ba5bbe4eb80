"""RubyGems' compact index, and the gems that it lists: https://guides.rubygems.org/rubygems-org-compact-index-api/.

``info/NAME`` has a line for each version and platform, those published first at the top, with the SHA-256 of
its file. A gem is a tar of which one member is the tar of its files. They lie below ``gems`` of a folder that
each site has another of, so they are listed below the one from which moved files are looked for. What is
compiled or written while a gem is installed, no index lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Final, NamedTuple, cast
from urllib.parse import quote

from praxi_tasks.ecosystems import GEM
from praxi_tasks.errors import LayerError, ReleaseNotFoundError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import read_page, save_file
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.tar_archive import Stretch, list_tar

_HOME: Final = "usr/local/lib/gems"
_PLATFORMS: Final = ("x86_64-linux-gnu", "x86_64-linux", "")
"""Those that images have, the preferred first; the last runs everywhere and may have to be compiled."""

_LINE: Final = re.compile(r"([0-9][0-9A-Za-z.]*)(?:-([A-Za-z0-9_.-]+))? [^|]*\|(.*)")
_CHECKSUM: Final = re.compile(r"(?:^|,)checksum:([0-9a-f]{64})(?:,|$)")
_LONGEST: Final = 1 << 16  # characters of a line
_BLOCK: Final = 512
_MOST_MEMBERS: Final = 16
_REMEMBERED: Final = 64


class _Gem(NamedTuple):
    version: str
    platform: str
    sha256: str


class RubyGemsIndex:
    """Lists the gems of an index; they are never installed.

    Parameters
    ----------
    url
        Of the index; credentials in it are sent to its host only and never logged.
    """

    name = GEM.purl_type

    def __init__(self, url: str) -> None:
        self._url = url
        self._gems = lru_cache(_REMEMBERED)(self._read_gems)

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a gem."""
        return wanted.ecosystem == GEM.purl_type

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that are not prereleases, the latest published first."""
        found = dict.fromkeys(gem.version for gem in reversed(self._gems(wanted.name)))
        return [version for version in found if version.replace(".", "").isdigit()]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the gem holds."""
        check_words(wanted.name, wanted.version)
        found = {gem.platform: gem for gem in self._gems(wanted.name) if gem.version == wanted.version}
        gem = next((found[platform] for platform in _PLATFORMS if platform in found), None)
        if gem is None:
            raise ReleaseNotFoundError("the index has it not for Linux on x86-64", where=wanted.purl)
        full = "-".join(filter(None, (wanted.name, gem.version, gem.platform)))
        url = f"{self._url}/gems/{quote(full)}.gem"
        with scratch() as folder:
            digest = bytes.fromhex(gem.sha256)
            saved = save_file(url, folder / "x.gem", "sha256", digest, index=self._url)
            with gem_files(saved) as data:
                return list_tar(data, wanted, f"gem {full}", lambda path: f"{_HOME}/{full}/{path}")

    def _read_gems(self, name: str) -> Sequence[_Gem]:
        """Return what the index says of a gem, those first that were published first."""
        check_words(name, "0")
        page = read_page(f"{self._url}/info/{quote(name)}", "text/plain, */*;q=0.5")
        return list(_listed(page.data.decode("utf-8", "replace")))


def _listed(text: str) -> Iterator[_Gem]:
    """Yield the gems of an index's answer; a line without a checksum is passed over."""
    for line in text.splitlines():
        match = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
        checksum = _CHECKSUM.search(match[3]) if match else None
        if match and checksum:
            yield _Gem(match[1], match[2] or "", checksum[1])


@contextmanager
def gem_files(gem: Path) -> Iterator[IO[bytes]]:
    """Give the tar with the files of a gem.

    Raises
    ------
    LayerError
        If the file is no gem.
    """
    with gem.open("rb") as file:
        for name, size in _members(file):
            if name == b"data.tar.gz":
                yield cast(IO[bytes], Stretch(file, file.tell(), size))
                return
    raise LayerError("no gem: it has no files", where=gem.name)


def _members(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield name and size of the members of a plain tar, with the file where each begins."""
    for _ in range(_MOST_MEMBERS):
        head = file.read(_BLOCK)
        size = re.fullmatch(rb" *([0-7]{1,11})[ \0]*", head[124:136])
        if len(head) < _BLOCK or size is None:
            return
        start, length = file.tell(), int(size[1], 8)
        yield head[:100].rstrip(b"\0"), length
        file.seek(start + length + -length % _BLOCK)
