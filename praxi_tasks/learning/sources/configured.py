"""The list of sources, and the choice among them that the environment makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from praxi_tasks import ecosystems
from praxi_tasks.environment import public_url, read, web_url, words
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.debian.apt import AptSource
from praxi_tasks.learning.sources.image_layer import LayerSource
from praxi_tasks.learning.sources.npm.configured import npm_source
from praxi_tasks.learning.sources.pack_indexes import PYPI_INDEX
from praxi_tasks.learning.sources.pypi.pip import PipSource
from praxi_tasks.learning.sources.pypi.sdist import SdistSource
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import Store

VARIABLE: Final = "PRAXI_LEARN_SOURCES"
BUILD: Final = "PRAXI_LEARN_BUILD_INDEX"
"""The variable with the address of the index that builds may use; unset where nothing may be built."""


def _pypi() -> Source:
    url = read(PYPI_INDEX, web_url, "")
    return SimpleIndex(url) if url else PipSource()


def _sdists() -> Source | None:
    url = read(BUILD, public_url, "")  # the code that builds sees it
    return SdistSource(url) if url else None


SOURCES: Final[Mapping[str, Callable[[Store], Source | None]]] = {
    "layer": LayerSource,
    ecosystems.PYPI.purl_type: lambda _: _pypi(),
    ecosystems.DEB.purl_type: lambda _: AptSource(),
    ecosystems.NPM.purl_type: lambda _: npm_source(),
    "sdist": lambda _: _sdists(),
}
"""Name → what makes the source, or ``None`` where it is not configured; asked in this order."""


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
