"""Julia's ``Manifest.toml``: the packages of a registry, which have a tree's hash and a version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import JULIA
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.tables import read_tables
from praxi_tasks.inventory.reader import Reader

_SECTION: Final = "deps."  # since the second form of manifests
_TREE: Final = "git-tree-sha1"
_COMMIT: Final = "repo-url"


def read_manifest(data: bytes) -> Iterator[Pin]:
    """Yield the registered packages of an environment; the standard library and clones have none of both."""
    for header, table in read_tables(data):
        if _TREE in table and _COMMIT not in table:
            yield Pin(header.removeprefix(_SECTION), table.get("version", ""))


READER: Final[Reader] = lock_reader(
    JULIA, {"Manifest.toml": read_manifest, "JuliaManifest.toml": read_manifest}
)
