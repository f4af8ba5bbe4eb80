"""rpm's databases: three containers of the same header blobs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from praxi_tasks.ecosystems import RPM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.checksums import noted, pack_checksums
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.os.rpm_bdb import read_bdb_values
from praxi_tasks.inventory.os.rpm_header import RpmHeader
from praxi_tasks.inventory.os.rpm_ndb import read_ndb_blobs
from praxi_tasks.inventory.os.rpm_sqlite import merge_log, read_sqlite_blobs
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader

_FOLDERS: Final = ("var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/")
_SQLITE: Final = "rpmdb.sqlite"
_CONTAINERS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    _SQLITE: read_sqlite_blobs,
    "Packages.db": read_ndb_blobs,
    "Packages": read_bdb_values,
}
_LOG: Final = "-wal"  # ends the name of SQLite's write-ahead log: what the database does not hold yet
_DATABASES: Final = frozenset(folder + name for folder in _FOLDERS for name in _CONTAINERS)
_LOGS: Final = frozenset(f"{folder}{_SQLITE}{_LOG}" for folder in _FOLDERS)
_SOURCE: Final = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")
_NDB: Final = b"RpmP"
_FORMS: Final = (
    Form(heads=(b"SQLite format 3\0",), marks=(b"Packages", b"hnum"), most=128 << 20),
    Form(heads=(_NDB,), most=128 << 20),
)
KEY: Final = "gpg-pubkey"
"""The name under which imported keys are kept among the packages."""


def read_packages(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of an rpm database; a broken header is reported and the others are read.

    Raises
    ------
    DataError
        If the container itself is broken.
    """
    read = _CONTAINERS.get(path.rpartition("/")[2]) or _by_content(view.kept[path])
    data, log = view.kept[path], view.kept.get(path + _LOG, b"")
    packages = 0
    for blob in read(merge_log(data, log) if log else data):
        packages += 1
        try:
            claim = _claim(RpmHeader(blob), path, len(blob))
        except DataError as error:
            view.report(path, f"a package header: {error}")
            continue
        if claim.name != KEY:
            yield claim
    if not packages:
        raise DataError("it holds no package")


def _by_content(data: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """Return how a database of another name is read, which only a link leads to."""
    return read_ndb_blobs if data.startswith(_NDB) else read_sqlite_blobs


def refuse_lone_log(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield nothing: a write-ahead log is read with its database.

    Raises
    ------
    DataError
        If it is not empty and the database is in another layer.
    """
    if view.kept[path] and path.removesuffix(_LOG) not in view.kept:
        raise DataError("its database is not in this layer: packages installed last may be missing")
    yield from ()


def _claim(header: RpmHeader, path: str, size: int) -> Claim:
    name, version, release = header.text("NAME"), header.text("VERSION"), header.text("RELEASE")
    if not name or not version:
        raise DataError("it has no name or no version")
    epoch = header.numbers("EPOCH")
    source, source_version = split_source(header.text("SOURCERPM"))
    digests: dict[str, bytes] = {}
    files = owned(noted(header.files(), digests), size)
    return Claim(
        ecosystem=RPM.purl_type,
        name=name,
        version=f"{epoch[0]}:{version}-{release}" if epoch else f"{version}-{release}",
        database=path,
        architecture=header.text("ARCH"),
        source=source,
        source_version=source_version,
        module=header.text("MODULARITYLABEL"),
        files=files,
        licences=stated((header.text("LICENSE"),)),
        checksums=pack_checksums(files, digests),
        maker=header.text("VENDOR"),
    )


def split_source(file_name: str) -> tuple[str, str]:
    """Split the name of a source package's file into name and version; empty where it is no such name."""
    source = _SOURCE.fullmatch(file_name)
    return (source[1], source[2]) if source else ("", "")


def _prepare(view: LayerView) -> ReadDatabase:
    return lambda path: refuse_lone_log(view, path) if path in _LOGS else read_packages(view, path)


READER: Final = Reader(
    ecosystem=RPM.purl_type, prepare=_prepare, paths=_DATABASES | _LOGS, forms=_FORMS, of_system=True
)
