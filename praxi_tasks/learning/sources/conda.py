"""Channels of conda as sources of releases: ``conda-forge``, or a mirror of it.

A channel's folders have an index each, ``repodata.json``. Of the two packings ``.conda`` is a zip of two tars
and ``.tar.bz2`` one, as conda's documentation says of "Conda packages". Of the former only the list of files
is fetched, the latter is downloaded. They are listed where conda puts them below its usual prefix.
"""

from __future__ import annotations

import bz2
import logging
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

import msgspec

from praxi_tasks.ecosystems import CONDA
from praxi_tasks.errors import LayerError, NoPartsError, ReleaseError, ReleaseNotFoundError
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.conda_paths import list_remote_conda
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.tar_archive import list_tar

logger = logging.getLogger(__name__)

_PREFIX: Final = "opt/conda"
_ZIP: Final = ".conda"
_FOLDERS: Final = ("linux-64", "noarch")
_INDEXES: Final = ("current_repodata.json", "repodata.json")
"""The first has the newest versions only, and a hundredth of the bytes; small channels may lack it."""


class _Listed(msgspec.Struct):
    name: str
    version: str
    sha256: str = ""
    timestamp: int = 0


class _Repodata(msgspec.Struct):
    packages: dict[str, _Listed] = {}
    conda: dict[str, _Listed] = msgspec.field(name="packages.conda", default={})


class _Package(NamedTuple):
    url: str
    sha256: str
    timestamp: int


class CondaSource:
    """Lists the packages of a channel.

    Parameters
    ----------
    channel
        Its address, ``…/conda-forge``.
    """

    name = CONDA.purl_type

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a package of conda's."""
        return wanted.ecosystem == CONDA.purl_type

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the versions that the channel's indexes name, those first that were built last."""
        found = self._known.get(wanted.name, {})
        return sorted(found, key=lambda version: -found[version].timestamp)

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package installs, of its newest build."""
        check_words(wanted.name, wanted.version)
        found = self._known.get(wanted.name, {}).get(wanted.version)
        if found is None:
            raise ReleaseNotFoundError("the channel has it not", where=wanted.purl)
        file = found.url.rpartition("/")[2]
        if file.endswith(_ZIP):
            try:
                return list_remote_conda(found.url, wanted, self._channel, _installed)
            except NoPartsError as error:
                logger.info("%s is downloaded: %s", file, error)
        with scratch() as folder:
            digest = bytes.fromhex(found.sha256)
            saved = save_file(
                found.url, folder / "package", "sha256" if digest else "", digest, index=self._channel
            )
            with _data(saved, file) as data:
                return list_tar(data, wanted, f"conda {file}", _installed)

    @cached_property
    def _known(self) -> dict[str, dict[str, _Package]]:
        """The newest build of each version, by name and version."""
        found: dict[str, dict[str, _Package]] = {}
        for folder in _FOLDERS:
            index = self._index(folder)
            for file, listed in (*index.packages.items(), *index.conda.items()):
                versions = found.setdefault(listed.name, {})
                package = _Package(f"{self._channel}/{folder}/{file}", listed.sha256, listed.timestamp)
                known = versions.get(listed.version)
                if known is None or package.timestamp >= known.timestamp:
                    versions[listed.version] = package
        return found

    def _index(self, folder: str) -> _Repodata:
        for number, name in enumerate(_INDEXES, 1):
            url = f"{self._channel}/{folder}/{name}"
            try:
                with scratch() as temporary:
                    saved = save_file(url, temporary / name, index=self._channel)
                    return decode(saved.read_bytes(), _Repodata)
            except ReleaseNotFoundError:
                if number == len(_INDEXES):
                    raise
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise ReleaseError(f"the channel answers nonsense: {error}", where=url) from error
        raise ReleaseNotFoundError("the channel has no index", where=self._channel)


@contextmanager
def _data(path: Path, file: str) -> Iterator[IO[bytes]]:
    """Give the tar with what a package installs.

    Raises
    ------
    LayerError
        If the file is no package, or damaged.
    """
    try:
        if file.endswith(_ZIP):
            with zipfile.ZipFile(path) as archive:
                member = next(name for name in archive.namelist() if name.startswith("pkg-"))
                with archive.open(member) as data:
                    yield data
        else:
            with bz2.open(path) as unpacked:
                yield cast(IO[bytes], unpacked)
    except (zipfile.BadZipFile, StopIteration, OSError, EOFError) as error:
        raise LayerError(f"no package of conda's: {error}", where=file) from error


def _installed(path: str) -> str | None:
    """Return where conda puts a member: what is about the package alone lies elsewhere."""
    if path.startswith("info/"):
        return None
    return path if path.startswith("site-packages/") else f"{_PREFIX}/{path}"
