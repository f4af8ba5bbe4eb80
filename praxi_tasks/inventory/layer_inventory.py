"""From a layer's files to its inventory: which contents are kept, and what is read from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerFiles, LayerView
from praxi_tasks.inventory.model import Inventory
from praxi_tasks.inventory.os import os_release
from praxi_tasks.inventory.reader import ReadDatabase
from praxi_tasks.inventory.readers import READERS

# The readers' declarations, joined once: `keep_file` is asked for each of a layer's million entries.
_PATHS: Final = frozenset(os_release.PATHS).union(*(reader.paths for reader in READERS))
_FOLDERS: Final = tuple(folder for reader in READERS for folder in reader.folders)
_ENDINGS: Final = tuple(ending for reader in READERS for ending in reader.endings)
_CHECKS: Final[tuple[tuple[tuple[str, ...], Callable[[str], bool]], ...]] = tuple(
    (reader.endings, reader.accepts) for reader in READERS if reader.endings
)


def keep_file(path: str) -> bool:
    """Return whether :func:`read_inventory` needs the content of a file.

    Parameters
    ----------
    path
        Without a leading slash.
    """
    if path.endswith(_ENDINGS):
        for endings, accepts in _CHECKS:
            if path.endswith(endings) and accepts(path):
                return True
    return path in _PATHS or path.startswith(_FOLDERS)


def read_inventory(files: LayerFiles, kept: Mapping[str, bytes]) -> Inventory:
    """Read what the package databases of one layer claim.

    Parameters
    ----------
    files
        The layer's files, such as its changeset.
    kept
        The contents of those files that :func:`keep_file` named.

    Returns
    -------
    Inventory
        Claims in the order of the databases' paths. A database that is damaged gives the claims before
        the damage and a line in ``problems``; the others are read all the same.
    """
    view = LayerView(files, kept)
    prepared = [(reader, reader.prepare(view)) for reader in READERS]
    claims: list[Claim] = []
    databases: list[str] = []
    for path in sorted(kept):
        read = next((read for reader, read in prepared if reader.reads(path)), None)
        if read is not None:
            databases.append(path)
            _read_into(claims, read, view, path)
    return Inventory(
        digest=files.digest,
        claims=tuple(claims),
        databases=tuple(databases),
        distribution=os_release.read_distribution(kept),
        problems=tuple(view.problems),
    )


def _read_into(claims: list[Claim], read: ReadDatabase, view: LayerView, path: str) -> None:
    try:
        claims.extend(read(path))
    except DataError as error:
        view.report(path, str(error))
