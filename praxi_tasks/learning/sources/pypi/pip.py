"""Wheels that pip downloads, from whatever index it is configured for; they are listed, never installed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import ReleaseError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.package_managers import ask, check_words, download, is_there, scratch
from praxi_tasks.learning.sources.pypi.wheel import list_wheel

_LOOKED_AT: Final = re.compile(r"(https?://\S+)/pip/")


class PipSource:
    """Lists the wheel that ``pip download`` fetches, without its dependencies."""

    name = PYPI.purl_type

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a Python package and pip is there."""
        return wanted.ecosystem == PYPI.purl_type and is_there("pip")

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that pip finds, the newest first."""
        check_words(wanted.name, "0")
        printed = ask(["pip", "index", "versions", "--disable-pip-version-check", "--no-input", wanted.name])
        listed = re.search(r"^Available versions: (.+)$", printed, re.MULTILINE)
        return [version.strip() for version in listed[1].split(",")] if listed else ()

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the release's wheel contains."""
        check_words(wanted.name, wanted.version)
        with scratch() as folder:
            return list_wheel(download(_pip_download(wanted), folder), wanted)


def pip_index() -> str:
    """Return the address of the first index on the web that pip is configured for, ``…/simple``.

    Raises
    ------
    ReleaseError
        If pip names none, or is not there.
    """
    command = ["pip", "index", "versions", "-vv", "--disable-pip-version-check", "--no-input", "pip"]
    found = _LOOKED_AT.search(ask(command))
    if found is None:
        raise ReleaseError("pip names no index on the web", action="set PRAXI_LEARN_PYPI_INDEX")
    return found[1]


def _pip_download(wanted: NewPackage) -> list[str]:
    options = ["--no-deps", "--no-input", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    return ["pip", "download", *options, f"{wanted.name}=={wanted.version}"]
