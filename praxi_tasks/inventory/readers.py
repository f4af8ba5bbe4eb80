"""From a layer's kept files to its inventory: one broken database is a line, never the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from praxi_tasks.errors import DataError
from praxi_tasks.inventory import database_paths
from praxi_tasks.inventory.language import npm, python
from praxi_tasks.inventory.layer_view import LayerFiles, LayerView
from praxi_tasks.inventory.model import Claim, Inventory
from praxi_tasks.inventory.os import apk, dpkg, rpm
from praxi_tasks.inventory.os.os_release import read_distribution

Reader: TypeAlias = Callable[[LayerView, str], Iterator[Claim]]


def read_inventory(changeset: LayerFiles, kept: Mapping[str, bytes]) -> Inventory:
    """Read what the package databases of one layer claim.

    Parameters
    ----------
    changeset
        The layer's files.
    kept
        The contents of those files that :func:`~praxi_tasks.inventory.is_database` named.

    Returns
    -------
    Inventory
        Claims in the order of the databases' paths. A database that is damaged gives the claims before
        the damage and a line in ``problems``.
    """
    view = LayerView(changeset, kept)
    readers = _Readers(view)
    claims: list[Claim] = []
    databases: list[str] = []
    for path in sorted(kept):
        reader = readers.of(path)
        if reader is None:
            continue
        databases.append(path)
        try:
            claims.extend(reader(view, path))
        except DataError as error:
            view.report(path, str(error))
    return Inventory(
        digest=changeset.digest,
        claims=tuple(claims),
        databases=tuple(databases),
        distribution=read_distribution(kept),
        problems=tuple(view.problems),
    )


class _Readers:
    """Chooses readers of databases; those that need the layer's file names get them from one pass."""

    def __init__(self, view: LayerView) -> None:
        self._python = partial(python.read_metadata, sources=python.installed_sources(view))
        self._npm = partial(npm.read_package, files=npm.files_by_package(view))

    def of(self, path: str) -> Reader | None:
        """Return the reader of a database; files that only accompany one have none."""
        name = path.rpartition("/")[2]
        if path == database_paths.DPKG_STATUS or _is_distroless_status(path):
            return dpkg.read_status
        if name in {"METADATA", "PKG-INFO"} or name.endswith(".egg-info"):
            return self._python
        if database_paths.is_npm_package(path):
            return self._npm
        if path in database_paths.APK_INSTALLED:
            return apk.read_installed
        if database_paths.is_rpm_log(path):
            return rpm.refuse_lone_log
        return rpm.read_packages if database_paths.is_rpm_database(path) else None


def _is_distroless_status(path: str) -> bool:
    return path.startswith(database_paths.DPKG_STATUS_FOLDER) and not path.endswith((".md5sums", ".list"))
