"""From a layer's kept files to its inventory: one broken database is a line, never the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint.databases import apk, dpkg, names, npm, python, rpm
from praxi_tasks.fingerprint.databases.os_release import read_distribution
from praxi_tasks.fingerprint.databases.view import LayerFiles, LayerView
from praxi_tasks.fingerprint.inventory import Claim, Inventory

Reader: TypeAlias = Callable[[LayerView, str], Iterator[Claim]]


def read_inventory(changeset: LayerFiles, kept: Mapping[str, bytes]) -> Inventory:
    """Read what the package databases of one layer claim.

    Parameters
    ----------
    changeset
        The layer's files.
    kept
        The contents of those files that :func:`~praxi_tasks.fingerprint.databases.is_database` named.

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
        if path == names.DPKG_STATUS or _is_distroless_status(path):
            return dpkg.read_status
        if name in {"METADATA", "PKG-INFO"} or name.endswith(".egg-info"):
            return self._python
        if names.is_npm_package(path):
            return self._npm
        if path in names.APK_INSTALLED:
            return apk.read_installed
        if names.is_rpm_log(path):
            return rpm.refuse_lone_log
        return rpm.read_packages if names.is_rpm_database(path) else None


def _is_distroless_status(path: str) -> bool:
    return path.startswith(names.DPKG_STATUS_FOLDER) and not path.endswith((".md5sums", ".list"))
