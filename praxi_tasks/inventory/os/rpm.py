"""rpm's databases: three containers of the same header blobs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.database_paths import RPM_FILES, RPM_LOG
from praxi_tasks.inventory.layer_view import LayerView, owned
from praxi_tasks.inventory.model import Claim
from praxi_tasks.inventory.os.rpm_bdb import read_bdb_values
from praxi_tasks.inventory.os.rpm_header import RpmHeader
from praxi_tasks.inventory.os.rpm_ndb import read_ndb_blobs
from praxi_tasks.inventory.os.rpm_sqlite import merge_log, read_sqlite_blobs

_CONTAINERS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "sqlite": read_sqlite_blobs,
    "ndb": read_ndb_blobs,
    "bdb": read_bdb_values,
}
_SOURCE: Final = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")
_KEY: Final = "gpg-pubkey"  # imported keys are kept among the packages


def read_packages(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of an rpm database; a broken header is reported and the others are read.

    Raises
    ------
    DataError
        If the container itself is broken.
    """
    container = RPM_FILES[path.rpartition("/")[2]]
    data, log = view.kept[path], view.kept.get(path + RPM_LOG, b"")
    for blob in _CONTAINERS[container](merge_log(data, log) if log else data):
        try:
            claim = _claim(RpmHeader(blob), path, len(blob))
        except DataError as error:
            view.report(path, f"a package header: {error}")
            continue
        if claim.name != _KEY:
            yield claim


def refuse_lone_log(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield nothing: a write-ahead log is read with its database.

    Raises
    ------
    DataError
        If it holds something and the database lies in another layer.
    """
    if view.kept[path] and path.removesuffix(RPM_LOG) not in view.kept:
        raise DataError("its database is not in this layer: packages installed last may be missing")
    yield from ()


def _claim(header: RpmHeader, path: str, size: int) -> Claim:
    name, version, release = header.text("NAME"), header.text("VERSION"), header.text("RELEASE")
    if not name or not version:
        raise DataError("it has no name or no version")
    epoch = header.numbers("EPOCH")
    source = _SOURCE.fullmatch(header.text("SOURCERPM"))
    return Claim(
        ecosystem="rpm",
        name=name,
        version=f"{epoch[0]}:{version}-{release}" if epoch else f"{version}-{release}",
        database=path,
        architecture=header.text("ARCH"),
        source=source[1] if source else "",
        source_version=source[2] if source else "",
        files=owned((path.lstrip("/") for path in header.files()), size),
    )
