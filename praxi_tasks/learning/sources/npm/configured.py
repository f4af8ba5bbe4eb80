"""The npm registry that is asked: the one that the environment names, or npm's own."""

from __future__ import annotations

from typing import Final

from praxi_tasks.environment import read, web_url
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.npm.cli import NpmCliSource
from praxi_tasks.learning.sources.npm.registry import NpmRegistry

REGISTRY: Final = "PRAXI_LEARN_NPM_REGISTRY"


def npm_source() -> Source:
    """Return the registry at the address that ``PRAXI_LEARN_NPM_REGISTRY`` gives, else the npm command."""
    url = read(REGISTRY, web_url, "")
    return NpmRegistry(url) if url else NpmCliSource()
