"""``secdb``: which version of an apk package fixes what, of Alpine, Wolfi and Chainguard.

https://secdb.alpinelinux.org has one file per release and repository, Wolfi one ``security.json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.osv import Record
from praxi_tasks.findings.advisories.vendors.notices import Fix, record_of
from praxi_tasks.json_decoding import decode

_NEVER: Final = "0"  # the version of what never affected the package


class _Package(msgspec.Struct):
    name: str
    secfixes: dict[str, list[str | None] | None] | None = None


class _Entry(msgspec.Struct):
    pkg: _Package


class _Database(msgspec.Struct):
    packages: list[_Entry]


def read_secdb(document: bytes, where: str) -> Iterator[Record | str]:
    """Yield a record for each package and vulnerability.

    Raises
    ------
    DataError
        If it is no such document.
    """
    try:
        packages = decode(document, _Database).packages
    except msgspec.DecodeError as error:
        raise DataError(f"it is no secdb: {error}", where=where, action="mirror the feed again") from error
    for entry in packages:
        for version, named in (entry.pkg.secfixes or {}).items():
            for names in named or () if version != _NEVER else ():
                # One text holds all names of one vulnerability: "CVE-2019-17349 XSA-295".
                first, *others = (names or "").split() or [""]
                record = record_of(first, [Fix(entry.pkg.name, version)])
                if isinstance(record, str):
                    yield f"{where}, package {entry.pkg.name}: {record}"
                else:
                    yield msgspec.structs.replace(record, aliases=others)
