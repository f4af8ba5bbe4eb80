"""A PyPI index spoken to directly, as PEP 503 and PEP 691 say: for pods, which hold no pip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError
from praxi_tasks.learning.requests import NewPackage
from praxi_tasks.learning.sources.fetching import Page, read_page, save_file
from praxi_tasks.learning.sources.indexes import list_wheel
from praxi_tasks.learning.sources.tools import check_words, scratch
from praxi_tasks.learning.stored import StoredRelease

_JSON: Final = "application/vnd.pypi.simple.v1+json"
_ACCEPT: Final = f"{_JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


class Wheel(NamedTuple):
    """A wheel that an index lists; ``sha256`` is empty where the index does not tell."""

    name: str
    url: str
    sha256: str
    version: Version
    tags: frozenset[Tag]


class SimpleIndex:
    """Wheels as an index lists them; never built, never installed.

    Parameters
    ----------
    url
        Of the index, ``…/simple``; credentials in it are sent to its host only, and shown nowhere.
    """

    name = "pypi"

    def __init__(self, url: str) -> None:
        self._url = url

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Python package."""
        return wanted.ecosystem == "pypi"

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that there are wheels of, the newest first; see :meth:`read` for errors."""
        found = {wheel.version for wheel in self._wheels(wanted.name) if not wheel.version.is_prerelease}
        return [str(version) for version in sorted(found, reverse=True)]

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the release's wheel contains."""
        check_words(wanted.name, wanted.version)
        try:
            version = Version(wanted.version)
        except InvalidVersion:
            raise ReleaseNotFoundError("no version that an index can have", where=wanted.purl) from None
        wheels = [wheel for wheel in self._wheels(wanted.name) if wheel.version == version]
        if not wheels:
            raise ReleaseNotFoundError("the index has no wheel of this version", where=wanted.purl)
        chosen = max(wheels, key=_preference)
        with scratch() as folder:
            path = save_file(chosen.url, folder / chosen.name, "sha256", bytes.fromhex(chosen.sha256))
            return list_wheel(path, wanted)

    def _wheels(self, name: str) -> Sequence[Wheel]:
        check_words(name, "0")
        page = read_page(f"{self._url}/{quote(canonicalize_name(name))}/", _ACCEPT)
        listed = _from_json(page) if page.kind == _JSON else _from_html(page)
        return [wheel for each in listed if (wheel := _wheel(*each)) is not None]


def _preference(wheel: Wheel) -> tuple[bool, bool, bool, str]:
    """Rank wheels of one version: most images run Linux on x86-64 with glibc and a recent Python."""
    platforms = " ".join(sorted(tag.platform for tag in wheel.tags))
    return (
        "any" in platforms.split(),
        "manylinux" in platforms and "x86_64" in platforms,
        "linux" in platforms,
        max(f"{len(tag.interpreter):02d}{tag.interpreter}" for tag in wheel.tags),
    )


def _wheel(name: str, url: str, sha256: str) -> Wheel | None:
    """Return what a file's name says about it; nothing for what is no wheel."""
    if "/" in name or "\\" in name:
        return None
    try:
        _, version, _, tags = parse_wheel_filename(name)
        bytes.fromhex(sha256)
    except (InvalidWheelFilename, InvalidVersion, ValueError):
        return None
    return Wheel(name, url, sha256, version, tags)


def _from_json(page: Page) -> Iterator[tuple[str, str, str]]:
    try:
        files = msgspec.json.decode(page.data, type=_Listing).files
    except msgspec.MsgspecError as error:
        raise ReleaseError(f"the index answers nonsense: {error}", where=page.url) from error
    return ((file.filename, urljoin(page.url, file.url), file.hashes.get("sha256", "")) for file in files)


class _File(msgspec.Struct):
    filename: str
    url: str
    hashes: dict[str, str] = {}


class _Listing(msgspec.Struct):
    files: list[_File]


def _from_html(page: Page) -> Iterator[tuple[str, str, str]]:
    links = _Links()
    links.feed(page.data.decode("utf-8", "replace"))
    for link in links.found:
        try:
            url = urljoin(page.url, link)
            parts = urlsplit(url)
        except ValueError:  # a link to nowhere is none of ours
            continue
        algorithm, _, digest = parts.fragment.partition("=")
        yield unquote(parts.path.rpartition("/")[2]), url, digest if algorithm == "sha256" else ""


class _Links(HTMLParser):
    """Collects where a page's links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        """Keep a link."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]
