"""A whole release of Alpine's, from a mirror: the packages of main and community for x86_64.

The index is a tar with the file ``APKINDEX`` of stanzas, a package several gzip streams of which together one
tar comes: signature, control files and data (https://wiki.alpinelinux.org/wiki/Apk_spec).
"""

from __future__ import annotations

import base64
import hashlib
import tarfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import APK
from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.apk_file import check_apk
from praxi_tasks.learning.sources.fetching import save_file
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.tar_archive import list_tar

_REPOSITORIES: Final = ("main", "community")
_MOST_INDEX: Final = 256 << 20  # bytes; community's has 9 MB
_BUILT_AGAINST: Final = ("-dev", "-doc", "-dbg", "-static", "-lang", "-pyc", "-openrc", "-bash-completion")


class _Package(NamedTuple):
    name: str
    version: str
    url: str
    sha1: bytes
    needs: tuple[str, ...]


class AlpineSource:
    """Lists the packages of a release.

    Parameters
    ----------
    mirror
        Address of an archive, ``…/alpine``.
    suite
        The folder of the release: ``v3.22``, ``edge``.
    """

    name = APK.purl_type

    def __init__(self, mirror: str, suite: str) -> None:
        self._mirror = mirror
        self._suite = suite

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a package of Alpine's."""
        return wanted.ecosystem == APK.purl_type

    def packages(self) -> Sequence[str]:
        """Return the names of all packages, those first that most others need; see :class:`SuiteIndex`."""
        needed = Counter(name for package in self._known.values() for name in package.needs)
        names = self._known
        return sorted(names, key=lambda name: (name.endswith(_BUILT_AGAINST), -needed[name], name))

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the version that the release has, if it has the package."""
        found = self._known.get(wanted.name)
        return [found.version] if found else []

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package installs."""
        check_words(wanted.name, wanted.version)
        found = self._known.get(wanted.name)
        if found is None or found.version != wanted.version:
            raise ReleaseNotFoundError(f"Alpine {self._suite} has it not", where=wanted.purl)
        with scratch() as folder:
            apk = save_file(found.url, folder / "package.apk", index=self._mirror)
            if found.sha1:
                check_apk(apk, found.sha1)
            with apk.open("rb") as file:
                return list_tar(file, wanted, f"apk {found.url.rpartition('/')[2]}", _installed)

    @cached_property
    def _known(self) -> dict[str, _Package]:
        check_words(self._suite, "0")
        found: dict[str, _Package] = {}
        for repository in _REPOSITORIES:
            folder = f"{self._mirror}/{self._suite}/{repository}/x86_64"
            for package in self._listed(folder):
                found.setdefault(package.name, package)
        return found

    def _listed(self, address: str) -> Iterator[_Package]:
        with scratch() as folder:
            saved = save_file(f"{address}/APKINDEX.tar.gz", folder / "index.tar.gz", index=self._mirror)
            for stanza in _index(saved).split("\n\n"):
                fields = dict(line.split(":", 1) for line in stanza.splitlines() if ":" in line)
                if fields.keys() >= {"P", "V"}:
                    name, version = fields["P"], fields["V"]
                    needs = tuple(word.split("=")[0] for word in fields.get("D", "").split())
                    url = f"{address}/{name}-{version}.apk"
                    yield _Package(name, version, url, _sha1(fields.get("C", "")), needs)


def _index(path: Path) -> str:
    """Return the text of an archive's index.

    Raises
    ------
    ReleaseError
        If the file is none.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            member = archive.getmember("APKINDEX")
            file = archive.extractfile(member)
            if file is not None and member.size <= _MOST_INDEX:
                return file.read().decode("utf-8", "replace")
    except (tarfile.TarError, KeyError, OSError, EOFError) as error:
        raise ReleaseError(f"the index can't be read: {error}", where=path.name) from error
    raise ReleaseError("the index is no file, or too large", where=path.name)


def _sha1(text: str) -> bytes:
    """Return the SHA-1 that apk writes as ``Q1`` and base64; nothing if it is none."""
    try:
        value = base64.b64decode(text.removeprefix("Q1"), validate=True) if text.startswith("Q1") else b""
    except ValueError:
        return b""
    return value if len(value) == hashlib.sha1(usedforsecurity=False).digest_size else b""


def _installed(path: str) -> str | None:
    """Return where a member is installed: control files, whose names begin with a dot, are not."""
    return None if path.startswith(".") else path
