"""Debian packages that are at hand as files, as ``apt-get download`` and mirrors name them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from praxi_tasks.ecosystems import DEB
from praxi_tasks.errors import DataError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.debian.deb_archive import open_data_archive
from praxi_tasks.learning.sources.tar_archive import list_tar

_NAME: Final = re.compile(r"(?P<name>[a-z0-9][a-z0-9.+-]+)_(?P<version>[^_]+)_[a-z0-9-]+\.deb")


def read_deb(path: Path) -> StoredRelease:
    """Return what a Debian package's data archive installs; its name says of which release.

    Raises
    ------
    DataError
        If the file's name is no Debian package's.
    LayerError
        If the file is damaged.
    """
    if (match := _NAME.fullmatch(path.name)) is None:
        raise DataError(
            "not a Debian package's name", where=str(path), action="name_version_architecture.deb"
        )
    name, version = match["name"], unquote(match["version"])
    wanted = NewPackage(f"pkg:{DEB.purl_type}/{name}@{version}", DEB.purl_type, name, version)
    with open_data_archive(path) as data:
        return list_tar(data, wanted, f"deb {path.name}", lambda member: member)
