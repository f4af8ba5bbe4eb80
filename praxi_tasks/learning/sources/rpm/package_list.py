"""The packages that a repository lists, and which of them most others need."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from praxi_tasks.learning.sources.package_managers import scratch
from praxi_tasks.learning.sources.rpm.metadata import Repository, address_of, digest_of
from praxi_tasks.xml_stream import Element

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
_NOT_NEEDED: Final = frozenset(
    """
    summary description packager url license vendor group buildhost sourcerpm conflicts obsoletes recommends
    suggests supplements enhances file
    """.split()  # noqa: SIM905 - a table of words
)
_OTHER: Final = frozenset({"src", "nosrc", "i386", "i486", "i586", "i686"})
"""Architectures that an image has nothing of, or beside its own."""

_BUILT_AGAINST: Final = re.compile(
    r".*-(?:devel|static|doc|docs|debuginfo|debugsource|javadoc|tests?|headers|langpack-\w+)"
    r"|(?:rust|golang|ghc|texlive|langpacks|glibc-langpack)-.*"
)
"""Names of what programs are built from, or of no program: few images have it."""


class ListedRpm(NamedTuple):
    """A package of a repository.

    Parameters
    ----------
    version
        With release, and with epoch if that is not 0, as an installed package is known.
    url, repository
        Where its file is, and the repository's address.
    digest
        The SHA-256 of the file; empty where the repository lists another kind.
    start, end
        Where in the file its header is.
    built
        When, in seconds.
    needs, gives
        Names of what it requires, and of what it provides.
    """

    name: str
    version: str
    url: str
    repository: str
    digest: bytes
    start: int
    end: int
    built: int
    needs: frozenset[str]
    gives: frozenset[str]


def listed_packages(repository: Repository) -> Iterator[ListedRpm]:
    """Yield the packages of a repository that an image may have; one that lacks something is passed over.

    Raises
    ------
    ReleaseError
        If the repository can't be read.
    """
    with scratch() as folder:
        for element in repository.records("primary", "metadata", folder, _NOT_NEEDED):
            if (package := _package(element, repository.address)) is not None:
                yield package


def is_of_image(architecture: str) -> bool:
    """Return whether packages of an architecture are those of an image."""
    return architecture not in _OTHER


def version_of(element: Element) -> str:
    """Return the version of a package as an installed one is known; empty if it has none."""
    found = element.first("version")
    told = found.attributes if found is not None else {}
    version, release, epoch = told.get("ver", ""), told.get("rel", ""), told.get("epoch", "") or "0"
    plain = f"{version}-{release}" if version and release else ""
    return plain if epoch == "0" or not plain else f"{epoch}:{plain}"


def _package(element: Element, repository: str) -> ListedRpm | None:
    name, version = element.text_of("name"), version_of(element)
    location, checksum = element.first("location"), element.first("checksum")
    place, time = element.first("format", "header-range"), element.first("time")
    if place is None or location is None or not is_of_image(element.text_of("arch")):
        return None
    start, end = (_number(place.attributes.get(side, "")) for side in ("start", "end"))
    url = address_of(repository, location.attributes.get("href", ""))
    if not (NAME.fullmatch(name) and version and url and 0 < start < end):
        return None
    listed = checksum is not None and checksum.attributes.get("type") == "sha256"
    return ListedRpm(
        name,
        version,
        url,
        repository,
        digest_of(checksum.text) if checksum is not None and listed else b"",
        start,
        end,
        _number(time.attributes.get("build", "")) if time is not None else 0,
        _capabilities(element, "requires"),
        _capabilities(element, "provides"),
    )


def _number(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else 0


def _capabilities(element: Element, relation: str) -> frozenset[str]:
    entries = element.first("format", relation)
    listed = (each.attributes.get("name", "") for each in entries.all("entry")) if entries is not None else ()
    return frozenset(filter(None, listed))


class Popularity:
    """Which packages most others need, told one package after another."""

    def __init__(self) -> None:
        self._needed: Counter[str] = Counter()
        self._givers: dict[str, str] = {}

    def note(self, package: ListedRpm) -> None:
        """Note what a package requires and provides."""
        self._needed.update(package.needs - package.gives)
        for capability in package.gives:
            self._givers.setdefault(capability, package.name)

    def ranked(self, names: Iterable[str]) -> list[str]:
        """Return names, those first that are likelier to be in an image."""
        most: Counter[str] = Counter()
        for capability, count in self._needed.items():
            if (giver := self._givers.get(capability)) is not None:
                most[giver] = max(most[giver], count)
        return sorted(names, key=lambda name: (_BUILT_AGAINST.fullmatch(name) is not None, -most[name], name))
