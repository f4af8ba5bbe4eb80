"""The indexes that knowledge packs are collected from: whole suites, and indexes of languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import CONDA, CRAN, DEB, MAVEN, NPM, PYPI, RPM
from praxi_tasks.environment import read, web_url, words
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.sources.alpine import AlpineSource
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.conda import CondaSource
from praxi_tasks.learning.sources.cran import CranRepository
from praxi_tasks.learning.sources.debian.suite import SuiteSource
from praxi_tasks.learning.sources.maven import MavenRepository
from praxi_tasks.learning.sources.npm.configured import npm_source
from praxi_tasks.learning.sources.npm.registry import NpmRegistry
from praxi_tasks.learning.sources.package_managers import check_words
from praxi_tasks.learning.sources.pypi.pip import pip_index
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.learning.sources.rpm.source import RpmSource
from praxi_tasks.learning.sources.rubygems import RubyGemsIndex

PYPI_INDEX: Final = "PRAXI_LEARN_PYPI_INDEX"
DEBIAN: Final = "PRAXI_LEARN_DEBIAN_MIRROR"
INDEXES: Final = "PRAXI_LEARN_INDEXES"
"""The variable with the addresses of all other indexes: ``conda=https://… ubuntu=https://…``."""

_NO_ADDRESSES: Final[Mapping[str, str]] = {}


_RPM_SUITES: Final[Mapping[str, tuple[str, ...]]] = {
    "almalinux": ("{}/BaseOS/x86_64/os", "{}/AppStream/x86_64/os"),
    "centos": ("{}-stream/BaseOS/x86_64/os", "{}-stream/AppStream/x86_64/os"),
    "fedora": ("releases/{}/Everything/x86_64/os", "updates/{}/Everything/x86_64"),
    "rocky": ("{}/BaseOS/x86_64/os", "{}/AppStream/x86_64/os"),
}
"""Where the mirrors of distributions have the repositories of a suite."""


def _suite_of_rpm(index: str, suite: str, address: str) -> Source:
    check_words(index, _required(suite, "42" if index == "fedora" else "9"))
    mirror = address or _address(index)
    return RpmSource([f"{mirror}/{place.format(suite)}" for place in _RPM_SUITES[index]])


def _debian(suite: str, address: str) -> Source:
    return SuiteSource(_required(suite, "trixie"), address or read(DEBIAN, web_url, ""))


def _pypi(_: str, address: str) -> Source:
    return SimpleIndex(address or read(PYPI_INDEX, web_url, "") or pip_index(), in_parts=True)


PACK_INDEXES: Final[Mapping[str, Callable[[str, str], Source]]] = {
    "alpine": lambda suite, url: AlpineSource(url or _address("alpine"), _required(suite, "v3.22")),
    CONDA.purl_type: lambda _, url: CondaSource(url or _address(CONDA.purl_type)),
    CRAN.purl_type: lambda _, url: CranRepository(url or _address(CRAN.purl_type)),
    DEB.purl_type: _debian,
    "debian": _debian,
    MAVEN.purl_type: lambda _, url: MavenRepository(url or _address(MAVEN.purl_type)),
    NPM.purl_type: lambda _, url: NpmRegistry(url) if url else npm_source(),
    PYPI.purl_type: _pypi,
    RPM.purl_type: lambda _, url: RpmSource([url or _address(RPM.purl_type)]),
    **{index: partial(_suite_of_rpm, index) for index in _RPM_SUITES},
    "rubygems": lambda _, url: RubyGemsIndex(url or _address("rubygems")),
    "ubuntu": lambda suite, url: SuiteSource(_required(suite, "noble"), url or _address("ubuntu")),
}
"""What a person calls an index → what makes its source, given the suite and the address or none."""


_WITH_SUITES: Final = frozenset({"alpine", DEB.purl_type, "debian", *_RPM_SUITES, "ubuntu"})


def pack_source(index: str, suite: str = "", address: str = "") -> Source:
    """Return the source that packs of an index are collected from: it costs little for each release.

    Parameters
    ----------
    suite
        Of a distribution; other indexes have none.
    address
        Of the index, instead of the one that is set.

    Raises
    ------
    UsageError
        If no pack of that index can be built, no suite is named for a distribution, or one for another index,
        or no address is set.
    ReleaseError
        If no index is configured.
    """
    if index not in PACK_INDEXES:
        raise UsageError(
            "no pack of that is built", where=index, action=f"name one of {', '.join(PACK_INDEXES)}"
        )
    if suite and index not in _WITH_SUITES:
        raise UsageError(f"{index} has no suites", where=suite, action="leave the suite out")
    return PACK_INDEXES[index](suite, address)


def _required(suite: str, example: str) -> str:
    if not suite:
        raise UsageError(
            "no suite is named", action=f"name one, such as {example}: --suite, or the Dag's Suite"
        )
    return suite


def _address(index: str) -> str:
    """Return the address that :data:`INDEXES` has for an index.

    Raises
    ------
    UsageError
        If it has none.
    """
    addresses = read(INDEXES, _addresses, _NO_ADDRESSES)
    if index not in addresses:
        raise UsageError(
            f"no address of an index of {index} is set", where=INDEXES, action=f"add {index}=https://…"
        )
    return addresses[index]


def _addresses(text: str) -> Mapping[str, str]:
    """Read ``name=address`` words."""
    found = {}
    for word in words(text):
        name, equals, url = word.partition("=")
        if not equals:
            raise ValueError(f"not name=address: {word[:100]!r}")
        found[name] = web_url(url)
    return found
