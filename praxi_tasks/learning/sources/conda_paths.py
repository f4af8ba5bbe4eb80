"""The list of files that a package of conda's has of itself, ``info/paths.json``, fetched by Range.

A ``.conda`` is a zip whose last member, ``info-*.tar.zst``, is what is about the package: its directory and
that member are all that is fetched. Into some files conda writes the prefix that it installs into: of those
the list has the content that they had before, so of programs their size is known, of texts nothing.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from typing import IO, Final, cast

import msgspec
import numpy as np
import zstandard

from praxi_tasks.errors import LayerError
from praxi_tasks.fingerprint import UNKNOWN_SIZE, published_content
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.remote_file import RemoteFile
from praxi_tasks.zip_directory import DAMAGE

_TAIL: Final = 66 << 10
_MOST: Final = 128 << 20
"""Bytes of what is about a package, without its compression."""

_LIST: Final = "info/paths.json"
_BINARY: Final = "binary"
_FOLDER: Final = "directory"
_LINK: Final = "softlink"


class _Path(msgspec.Struct):
    path: str = msgspec.field(name="_path")
    path_type: str = ""
    sha256: str = ""
    size_in_bytes: int | None = None
    prefix_placeholder: str = ""
    file_mode: str = ""

    @property
    def size(self) -> int | None:
        """The size of the installed file, if it is known; a link has none."""
        patched = self.prefix_placeholder and self.file_mode != _BINARY
        known = self.size_in_bytes is not None and 0 <= self.size_in_bytes < UNKNOWN_SIZE
        return self.size_in_bytes if known and self.path_type != _LINK and not patched else None

    @property
    def stored_size(self) -> int:
        """The same as releases have it."""
        return UNKNOWN_SIZE if self.size is None and self.path_type != _LINK else self.size or 0

    @property
    def content(self) -> int:
        """What is known of the installed file's content."""
        known = self.size is not None and not self.prefix_placeholder and len(self.sha256) == 64
        return published_content(bytes.fromhex(self.sha256)) if known else 0


class _Paths(msgspec.Struct):
    paths: list[_Path]


def list_remote_conda(
    url: str, wanted: NewPackage, index: str, place: Callable[[str], str | None]
) -> StoredRelease:
    """Return the release that a ``.conda`` installs, by its own list.

    Parameters
    ----------
    place
        See :func:`~praxi_tasks.learning.sources.tar_archive.list_tar`.

    Raises
    ------
    NoPartsError
        If the index gives no parts of files: then the package has to be downloaded.
    LayerError
        If the file is no package, or damaged.
    """
    remote = RemoteFile(url, index, tail=_TAIL)
    file = url.rpartition("/")[2]
    return release_of_conda(cast(IO[bytes], remote), file, wanted, place)


def release_of_conda(
    conda: IO[bytes], file: str, wanted: NewPackage, place: Callable[[str], str | None]
) -> StoredRelease:
    """Return the same of an open file; see :func:`list_remote_conda`."""
    try:
        listed = [each for each in decode(_list(conda), _Paths).paths if each.path_type != _FOLDER]
        rows = [(target, each) for each in listed if (target := place(each.path))]
        sizes = np.array([each.stored_size for _, each in rows], np.uint64)
        contents = np.array([each.content for _, each in rows], np.uint64)
    except (*DAMAGE, tarfile.TarError, zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise LayerError(f"no package of conda's: {error}", where=file) from error
    measured = np.array([each.size is not None for _, each in rows], np.bool_)
    paths = [target for target, _ in rows]
    return StoredRelease(*wanted.identity, f"conda {file}", paths, sizes, contents, measured)


def _list(conda: IO[bytes]) -> bytes:
    with zipfile.ZipFile(conda) as archive:
        name = next(iter(each for each in archive.namelist() if each.startswith("info-")), "")
        if not name:
            raise ValueError("it says nothing of itself")
        with archive.open(name) as packed:
            data = zstandard.ZstdDecompressor().stream_reader(packed).read(_MOST)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as members:
        found = members.extractfile(_LIST) if _LIST in members.getnames() else None
        if found is None:
            raise ValueError(f"it has no {_LIST}")
        return found.read()
