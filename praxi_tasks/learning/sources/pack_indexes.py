"""The indexes that knowledge packs are collected from: whole suites, and indexes of languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from praxi_tasks.ecosystems import CONDA, DEB, NPM, PYPI, RPM
from praxi_tasks.environment import read, web_url, words
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.sources.alpine import AlpineSource
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.conda import CondaSource
from praxi_tasks.learning.sources.debian.suite import SuiteSource
from praxi_tasks.learning.sources.npm.configured import npm_source
from praxi_tasks.learning.sources.package_managers import check_words
from praxi_tasks.learning.sources.pypi.pip import pip_index
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.learning.sources.rpm.source import RpmSource

PYPI_INDEX: Final = "PRAXI_LEARN_PYPI_INDEX"
DEBIAN: Final = "PRAXI_LEARN_DEBIAN_MIRROR"
INDEXES: Final = "PRAXI_LEARN_INDEXES"
"""The variable with the addresses of all other indexes: ``conda=https://… ubuntu=https://…``."""

_NO_ADDRESSES: Final[Mapping[str, str]] = {}


def _pypi(_: str) -> Source:
    return SimpleIndex(read(PYPI_INDEX, web_url, "") or pip_index(), in_parts=True)


_RPM_SUITES: Final[Mapping[str, tuple[str, ...]]] = {
    "almalinux": ("{}/BaseOS/x86_64/os", "{}/AppStream/x86_64/os"),
    "centos": ("{}-stream/BaseOS/x86_64/os", "{}-stream/AppStream/x86_64/os"),
    "fedora": ("releases/{}/Everything/x86_64/os", "updates/{}/Everything/x86_64"),
    "rocky": ("{}/BaseOS/x86_64/os", "{}/AppStream/x86_64/os"),
}
"""Where the mirrors of distributions have the repositories of a suite."""


def _rpm(index: str) -> Callable[[str], Source]:
    def source(suite: str) -> Source:
        check_words(index, _required(suite, "42" if index == "fedora" else "9"))
        address = _address(index)
        return RpmSource([f"{address}/{place.format(suite)}" for place in _RPM_SUITES[index]])

    return source


PACK_INDEXES: Final[Mapping[str, Callable[[str], Source]]] = {
    "alpine": lambda suite: AlpineSource(_address("alpine"), _required(suite, "v3.22")),
    CONDA.purl_type: lambda _: CondaSource(_address(CONDA.purl_type)),
    DEB.purl_type: lambda suite: SuiteSource(_required(suite, "trixie"), read(DEBIAN, web_url, "")),
    "debian": lambda suite: SuiteSource(_required(suite, "trixie"), read(DEBIAN, web_url, "")),
    NPM.purl_type: lambda _: npm_source(),
    PYPI.purl_type: _pypi,
    RPM.purl_type: lambda _: RpmSource([_address(RPM.purl_type)]),
    **{index: _rpm(index) for index in _RPM_SUITES},
    "ubuntu": lambda suite: SuiteSource(_required(suite, "noble"), _address("ubuntu")),
}
"""What a person calls an index → what makes its source, given the suite."""


def pack_source(index: str, suite: str = "") -> Source:
    """Return the source that packs of an index are collected from: it costs little for each release.

    Parameters
    ----------
    suite
        Of a distribution; other indexes have none.

    Raises
    ------
    UsageError
        If no pack of that index can be built, no suite is named for a distribution, or no address is set.
    ReleaseError
        If no index is configured.
    """
    if index not in PACK_INDEXES:
        raise UsageError(
            "no pack of that is built", where=index, action=f"name one of {', '.join(PACK_INDEXES)}"
        )
    return PACK_INDEXES[index](suite)


def _required(suite: str, example: str) -> str:
    if not suite:
        raise UsageError("no suite is named", action=f"add --suite, such as --suite {example}")
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
