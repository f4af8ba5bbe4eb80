"""A PyPI index's page about a package, in either of the two languages of PEP 503 and PEP 691."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec
from packaging.utils import canonicalize_name

from praxi_tasks.errors import IndexUnavailableError, ReleaseError
from praxi_tasks.http import redact_url
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.sources.fetching import Page, read_page
from praxi_tasks.learning.sources.package_managers import check_words
from praxi_tasks.printable import printable

_JSON: Final = "application/vnd.pypi.simple.v1+json"
_BOM: Final = codecs.BOM_UTF8
_META: Final = "pypi:repository-version"
_TITLES: Final = ("links for", "simple index", "index of")
"""How titles of pages begin that say nothing of themselves, but have no files: a package may have none."""

_LONGEST_TITLE: Final = 80
_ACCEPT: Final = f"{_JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


class IndexFile(NamedTuple):
    """A file that an index lists; ``sha256``, in hex, is empty where the index gives none."""

    name: str
    url: str
    sha256: str

    @property
    def digest(self) -> bytes:
        """The digest's bytes."""
        return bytes.fromhex(self.sha256)


def index_files(index: str, name: str) -> Sequence[IndexFile]:
    """Return the files that an index lists for a package.

    Parameters
    ----------
    index
        Address of the index, ``…/simple``.

    Raises
    ------
    ReleaseNotFoundError
        If it does not have the package.
    IndexUnavailableError
        If it can't be reached now, or another page answers in its place.
    ReleaseError
        If it can't be understood.
    """
    check_words(name, "0")
    page = read_page(f"{index}/{quote(canonicalize_name(name))}/", _ACCEPT)
    listed = _from_json(page) if _is_json(page) else _from_html(page, canonicalize_name(name))
    return [file for file in listed if _is_sound(file)]


def _is_json(page: Page) -> bool:
    """Return whether a page is JSON: no HTML begins like that, whatever media type a proxy left."""
    return page.media_type == _JSON or page.data.removeprefix(_BOM).lstrip()[:1] == b"{"


def _is_sound(file: IndexFile) -> bool:
    """Return whether a name can name a file in a folder, and a digest is one."""
    try:
        bytes.fromhex(file.sha256)
    except ValueError:
        return False
    return "/" not in file.name and "\\" not in file.name


def _from_json(page: Page) -> Iterator[IndexFile]:
    try:
        files = decode(page.data.removeprefix(_BOM), _Listing).files
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"the index answers nonsense: {error}", where=page.url) from error
    return (
        IndexFile(file.filename, urljoin(page.url, file.url), file.hashes.get("sha256", "")) for file in files
    )


class _File(msgspec.Struct):
    filename: str
    url: str
    hashes: dict[str, str] = {}


class _Listing(msgspec.Struct):
    files: list[_File]


def _from_html(page: Page, package: str) -> Sequence[IndexFile]:
    read = _Read()
    read.feed(page.data.decode("utf-8", "replace"))
    files = [file for link in read.links if (file := _linked(page.url, link)) is not None]
    if not (read.is_index or any(canonicalize_name(file.name).startswith(package) for file in files)):
        title = printable(" ".join(read.title.split()), _LONGEST_TITLE)
        called = f"with the title {title!r}" if title else "without a title"
        raise IndexUnavailableError(
            f"a web page answered in place of the index's: {called} and no link to a file of {package}",
            where=redact_url(page.url),
            action="check the index's address and credentials, and HTTPS_PROXY and NO_PROXY",
        )
    return files


def _linked(page: str, link: str) -> IndexFile | None:
    """Return the file that a link of a page leads to; none of a link to nowhere."""
    try:
        url = urljoin(page, link)
        parts = urlsplit(url)
    except ValueError:
        return None
    algorithm, _, digest = parts.fragment.partition("=")
    name = unquote(parts.path.rpartition("/")[2])
    return IndexFile(name, url, digest if algorithm == "sha256" else "")


class _Read(HTMLParser):
    """Collects where a page's links lead, and what it says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.title = ""
        self._is_marked = self._in_title = False

    @property
    def is_index(self) -> bool:
        """Whether the page says that it is an index's, as PEP 629 or as indexes do without that."""
        return self._is_marked or self.title.strip().lower().startswith(_TITLES)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        """Keep a link, and see whether the page is marked as an index's."""
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]
        self._is_marked |= tag == "meta" and ("name", _META) in attrs
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        """See the end of the title."""
        self._in_title &= tag != "title"

    def handle_data(self, data: str) -> None:
        """Keep the title."""
        if self._in_title:
            self.title += data[: _LONGEST_TITLE + 1]
