"""The feeds folder: advisories, exploitation, end of life and releases, as files under fixed names.

    osv/<Ecosystem>/all.zip                        OSV's exports
    advisories/<distribution>/<any name>           a vendor's own advisories of one release
    epss/epss_scores-current.csv.gz                FIRST's EPSS (or epss_scores-current.csv)
    kev/known_exploited_vulnerabilities.json       CISA's KEV list
    distro-info/debian.csv, distro-info/ubuntu.csv  distro-info-data
    debian-security-support/security-support-*     debian-security-support
    end-of-life/<product>.json                     release cycles, in the form of endoflife.date
    packages/<distribution>/<any name>             Packages indexes
    releases/<ecosystem>.json                      release dates by package
    feeds.json                                     when the mirror last succeeded, by file

It may be a directory, which may come from anywhere, or a store that the Dag ``praxi_feeds`` mirrors into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError, PraxiError, UsageError
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, open_store

STATE: Final = "feeds.json"
ADVISORIES: Final = "osv/"
"""Folder of OSV's archives of advisories, one per ecosystem."""
VENDORS: Final = "advisories/"
"""Folder of vendors' own advisories, with a folder for each release of a distribution."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_ALL: Final = "/all.zip"


class Mirrored(msgspec.Struct, frozen=True):
    """When a file was last fetched whole (ISO 8601), from where, its sha256, and what is in it.

    No entries: nobody counted them. ``newest`` is the day of the newest, empty where that is not known.
    """

    fetched: str
    url: str
    sha256: str
    entries: int = 0
    newest: str = ""


class FeedProblem(msgspec.Struct, frozen=True):
    """A feed that could not be read: its name, and what is wrong with it."""

    name: str
    message: str

    @classmethod
    def of(cls, error: PraxiError) -> FeedProblem:
        """Make it from the error that reading the feed ended in."""
        return cls(error.where, str(error))


class Feeds(Protocol):
    """Files by name."""

    @property
    def uri(self) -> str:
        """Where they are, without credentials."""

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, or None if it is not there."""


class FolderFeeds:
    """Feeds in a local directory; the names may hold spaces, as OSV's ecosystems do."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def uri(self) -> str:
        """The directory as a ``file://`` URI."""
        return self._root.absolute().as_uri()

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(str(path.relative_to(self._root)) for path in self._root.rglob("*") if path.is_file())

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, or None if it is not there."""
        try:
            return (self._root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None


class StoreFeeds:
    """Feeds in an object store, where spaces in names are underscores."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def uri(self) -> str:
        """The store's URI."""
        return self._store.uri

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(
            name.replace("_", " ") if name.startswith(ADVISORIES) else name for name in self._store.list("")
        )

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, or None if it is not there."""
        try:
            return self._store.get(store_name(name))
        except KeyNotFoundError:
            return None


def open_feeds(uri: str, *, must_exist: bool = True) -> Feeds:
    """Open the feeds folder that ``uri`` names: a path, ``file:///path`` or ``s3://bucket/prefix``.

    Parameters
    ----------
    must_exist
        Whether a missing folder is an error; otherwise it holds nothing, as before the first mirroring.

    Raises
    ------
    UsageError
        If it names no folder.
    """
    parts = urlsplit(uri)
    if parts.scheme not in {"", "file"}:
        return StoreFeeds(open_store(uri))
    root = Path(unquote(parts.path) if parts.scheme else uri)
    if not uri or (must_exist and not root.is_dir()):
        raise UsageError(
            "there is no feeds folder", where=uri, action="name a folder that holds osv/PyPI/all.zip"
        )
    return FolderFeeds(root)


def store_name(name: str) -> str:
    """Return the store key of a feed's file."""
    return name.replace(" ", "_")


def archives(names: Iterable[str]) -> dict[str, str]:
    """Return ecosystem → file of the OSV archives among a folder's names.

    An underscore stands for a space: a store's keys have none, and a mirrored folder is such a store.
    """
    return {
        name.removeprefix(ADVISORIES).removesuffix(_ALL).replace("_", " "): name
        for name in names
        if name.startswith(ADVISORIES) and name.endswith(_ALL)
    }


def archive_name(ecosystem: str) -> str:
    """Return the file of one ecosystem's OSV archive."""
    return f"{ADVISORIES}{ecosystem}{_ALL}"


def vendor_files(names: Iterable[str]) -> dict[str, str]:
    """Return file → distribution (``amzn-2023``) of vendors' advisories among a folder's names."""
    return {name: distribution_of(name) for name in names if name.startswith(VENDORS) and name.count("/") > 1}


def distribution_of(name: str) -> str:
    """Return the distribution and release whose folder a file is in: ``advisories/ol-9/x`` is ``ol-9``'s."""
    return name.split("/")[1]


def is_about_advisories(name: str) -> bool:
    """Return whether a file or feed is one of advisories, without which a vulnerability is not seen."""
    return name.startswith((ADVISORIES, VENDORS))


def release_file(folder: str, distribution: str, url: str, parts: int = 4) -> str:
    """Return the name in a feeds folder of a file about one release of a distribution, from ``url``.

    Parameters
    ----------
    parts
        How many parts of the URL's path tell it from others of the release.
    """
    place = "_".join(re.split("[/_]", urlsplit(url).path)[-parts:])
    return f"{folder}{distribution}/{_UNSAFE.sub('-', place).strip('-_.')}"


def read_state(feeds: Feeds) -> dict[str, Mirrored]:
    """Return what the mirror noted about each file; nothing for a folder that no mirror wrote.

    Raises
    ------
    CorruptObjectError
        If the note can't be read.
    """
    data = feeds.read(STATE)
    try:
        return decode(data, dict[str, Mirrored]) if data else {}
    except (ValueError, RecursionError) as error:
        raise CorruptObjectError(
            f"the mirror's note is damaged: {error}", where=f"{feeds.uri}/{STATE}", action="run praxi_feeds"
        ) from error
