"""A PyPI index's page about a package, in either of the two languages of PEP 503 and PEP 691."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec
from packaging.utils import canonicalize_name

from praxi_tasks.errors import ReleaseError
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.sources.fetching import Page, read_page
from praxi_tasks.learning.sources.package_managers import check_words

_JSON: Final = "application/vnd.pypi.simple.v1+json"
_BOM: Final = codecs.BOM_UTF8
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
    ReleaseError
        If it can't be reached or understood.
    """
    check_words(name, "0")
    page = read_page(f"{index}/{quote(canonicalize_name(name))}/", _ACCEPT)
    listed = _from_json(page) if _is_json(page) else _from_html(page)
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


def _from_html(page: Page) -> Iterator[IndexFile]:
    links = _Links()
    links.feed(page.data.decode("utf-8", "replace"))
    for link in links.found:
        try:
            url = urljoin(page.url, link)
            parts = urlsplit(url)
        except ValueError:  # a link to nowhere is none of ours
            continue
        algorithm, _, digest = parts.fragment.partition("=")
        name = unquote(parts.path.rpartition("/")[2])
        yield IndexFile(name, url, digest if algorithm == "sha256" else "")


class _Links(HTMLParser):
    """Collects where a page's links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        """Keep a link."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]
