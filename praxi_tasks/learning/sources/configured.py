"""The list of sources, and the choice among them that the environment makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from praxi_tasks import ecosystems
from praxi_tasks.environment import public_url, read, web_url, words
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.debian.apt import AptSource
from praxi_tasks.learning.sources.debian.suite import SuiteSource
from praxi_tasks.learning.sources.image_layer import LayerSource
from praxi_tasks.learning.sources.npm.cli import NpmCliSource
from praxi_tasks.learning.sources.npm.registry import NpmRegistry
from praxi_tasks.learning.sources.pypi.pip import PipSource, pip_index
from praxi_tasks.learning.sources.pypi.sdist import SdistSource
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import Store

VARIABLE: Final = "PRAXI_LEARN_SOURCES"
PYPI: Final = "PRAXI_LEARN_PYPI_INDEX"
NPM: Final = "PRAXI_LEARN_NPM_REGISTRY"
DEBIAN: Final = "PRAXI_LEARN_DEBIAN_MIRROR"
BUILD: Final = "PRAXI_LEARN_BUILD_INDEX"
"""The variable with the address of the index that builds may use; unset where nothing may be built."""


def _pypi() -> Source:
    url = read(PYPI, web_url, "")
    return SimpleIndex(url) if url else PipSource()


def _npm() -> Source:
    url = read(NPM, web_url, "")
    return NpmRegistry(url) if url else NpmCliSource()


def _sdists() -> Source | None:
    url = read(BUILD, public_url, "")  # the code that builds sees it
    return SdistSource(url) if url else None


SOURCES: Final[Mapping[str, Callable[[Store], Source | None]]] = {
    "layer": LayerSource,
    ecosystems.PYPI.purl_type: lambda _: _pypi(),
    ecosystems.DEB.purl_type: lambda _: AptSource(),
    ecosystems.NPM.purl_type: lambda _: _npm(),
    "sdist": lambda _: _sdists(),
}
"""Name → what makes the source, or ``None`` where it is not configured; asked in this order."""


def pack_source(ecosystem: str, suite: str = "") -> Source:
    """Return the source that packs of an ecosystem are collected from: it costs little for each release.

    Parameters
    ----------
    suite
        Of Debian; other ecosystems have none.

    Raises
    ------
    UsageError
        If no pack of that ecosystem can be built, or no suite is named for Debian.
    ReleaseError
        If no index is configured.
    """
    if ecosystem == ecosystems.PYPI.purl_type:
        return SimpleIndex(read(PYPI, web_url, "") or pip_index(), in_parts=True)
    if ecosystem == ecosystems.NPM.purl_type:
        return _npm()
    if ecosystem != ecosystems.DEB.purl_type:
        raise UsageError("no pack of that is built", where=ecosystem, action="name pypi, npm or deb")
    if not suite:
        raise UsageError("no suite is named", action="add --suite, such as --suite trixie")
    return SuiteSource(suite, read(DEBIAN, web_url, ""))


def configured_sources(store: Store) -> Sequence[Source]:
    """Return the sources that ``PRAXI_LEARN_SOURCES`` names, in its order; all of them by default.

    An index is asked directly where ``PRAXI_LEARN_PYPI_INDEX`` or ``PRAXI_LEARN_NPM_REGISTRY`` gives its
    address, and through pip or npm otherwise, as they are configured. Source is looked for only where
    ``PRAXI_LEARN_BUILD_INDEX`` says from which index it may be built.

    Raises
    ------
    UsageError
        If it names one that there is not, or an address is none.
    """
    names = read(VARIABLE, words, tuple(SOURCES))
    unknown = sorted(set(names) - SOURCES.keys())
    if unknown or not names:
        raise UsageError(
            f"not sources of releases: {', '.join(unknown)}",
            where=VARIABLE,
            action=f"use {', '.join(SOURCES)}",
        )
    return [source for name in names if (source := SOURCES[name](store)) is not None]
