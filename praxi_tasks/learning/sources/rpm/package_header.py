"""What a package's header says of its files: paths, sizes, digests, and build-ids by links to programs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from praxi_tasks.errors import DataError, ReleaseError, ReleaseRefusedError
from praxi_tasks.fingerprint import BuildIds, published_content
from praxi_tasks.inventory import RpmHeader, build_id_number
from praxi_tasks.learning.data import NewPackage, StoredRelease

MOST_BYTES: Final = 64 << 20
"""How long a header may be: one of 100,000 files has less."""

_MAGIC: Final = b"\x8e\xad\xe8\x01\0\0\0\0"
_LINK: Final = re.compile(r"/usr/lib/\.build-id/([0-9a-f]{2})/([0-9a-f]{6,126})(?:\.[0-9]{1,4})?")
"""What rpm puts beside each program: a link from its build-id to it."""


def release_of_header(data: bytes, wanted: NewPackage, file: str) -> StoredRelease:
    """Return the release that a package with this header installs.

    Raises
    ------
    ReleaseRefusedError
        If it is another package's.
    ReleaseError
        If it is malformed.
    """
    if not data.startswith(_MAGIC):
        raise ReleaseError("no header is where the repository says", where=wanted.purl)
    try:
        header = RpmHeader(data[len(_MAGIC) :])
        _check_identity(header, wanted)
        files = list(header.packaged())
    except DataError as error:
        raise ReleaseError(f"its header is damaged: {error.what}", where=wanted.purl) from error
    paths = [each.path.removeprefix("/") for each in files]
    return StoredRelease(
        *wanted.identity,
        f"rpm {file}",
        paths,
        np.array([each.size or 0 for each in files], np.uint64),
        np.array([published_content(each.sha256) for each in files], np.uint64),
        np.array([each.size is not None for each in files], np.bool_),
        BuildIds.of(paths, _build_ids([(each.path, each.target) for each in files])),
    )


def is_build_id_link(path: str) -> bool:
    """Return whether a path is a link from a build-id, which each build has another of."""
    return path.startswith("/usr/lib/.build-id/")


def _check_identity(header: RpmHeader, wanted: NewPackage) -> None:
    epoch = header.numbers("EPOCH")
    plain = f"{header.text('VERSION')}-{header.text('RELEASE')}"
    version = f"{epoch[0]}:{plain}" if epoch and epoch[0] else plain
    if (header.text("NAME"), version) != (wanted.name, wanted.version):
        raise ReleaseRefusedError("the header is another package's", where=wanted.purl)


def _build_ids(links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the build-ids of programs by their paths, without leading slash."""
    found = {}
    for path, target in links:
        match = _LINK.fullmatch(path)
        if match is not None and target and len(match[2]) % 2 == 0:
            program = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            found[program.lstrip("/")] = build_id_number(bytes.fromhex(match[1] + match[2]))
    return found
