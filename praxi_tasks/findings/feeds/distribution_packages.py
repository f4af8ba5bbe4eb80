"""What a distribution offers: the Packages indexes of Debian and Ubuntu, and Alpine's APKINDEX.

They say the source package that a binary one is built from, under which advisories are filed, and which
version is the newest. In a feeds folder they are ``packages/<distribution>/<any name>``, several
for a release that has updates and security apart: ``packages/debian-12/security.xz``.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Mapping
from typing import IO, Final, NamedTuple

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.folder import FeedProblem, Feeds
from praxi_tasks.store.compressed import DAMAGED, decompressed

PACKAGES: Final = "packages/"
"""Folder of the indexes, with a folder for each release of a distribution."""
# Debian's whole archive is 50 MB.
_LARGEST: Final = 512 << 20
_TAR: Final = b"ustar"
_TAR_AT: Final = 257
# A rebuild of the same source for one architecture.
_REBUILT: Final = re.compile(r"\+b\d+$")


class Offer(NamedTuple):
    """One binary package of an index: its version, and the source it is built from."""

    name: str
    version: str
    source: str
    source_version: str


class DistributionPackages:
    """The indexes of a feeds folder by distribution, each read when something first asks about it."""

    def __init__(self, feeds: Feeds | None = None) -> None:
        self._feeds = feeds
        self._files: dict[str, list[str]] = {}
        self._known: dict[str, dict[str, tuple[Offer, ...]]] = {}
        self.problems: list[FeedProblem] = []
        for name in feeds.names() if feeds else ():
            if name.startswith(PACKAGES):
                self._files.setdefault(name.split("/")[1], []).append(name)

    def of(self, distribution: str) -> Mapping[str, tuple[Offer, ...]]:
        """Return what a distribution (``debian-12``) offers, by binary package; nothing if it is unknown."""
        if distribution not in self._known:
            self._known[distribution] = self._read(distribution)
        return self._known[distribution]

    def _read(self, distribution: str) -> dict[str, tuple[Offer, ...]]:
        known: dict[str, tuple[Offer, ...]] = {}
        for name in self._files.get(distribution, ()):
            try:
                offers = read_packages((self._feeds and self._feeds.read(name)) or b"", name)
            except DataError as error:
                self.problems.append(FeedProblem.of(error))
                continue
            for offer in offers:
                known[offer.name] = (*known.get(offer.name, ()), offer)
        return known


def read_packages(data: bytes, where: str) -> list[Offer]:
    """Return the packages of one index, compressed or not.

    Raises
    ------
    DataError
        If it is truncated, damaged or no such index.
    """
    try:
        form, text = _opened(_inflated(data))
        offers = [_offer(form, stanza) for stanza in text.split(b"\n\n") if stanza.strip()]
    except (*DAMAGED, ValueError, KeyError, tarfile.TarError) as error:
        raise DataError(
            f"an index of packages is broken: {error}", where=where, action="mirror it again"
        ) from error
    if not offers or not text.endswith(b"\n"):
        raise DataError("not a whole index of packages", where=where, action="mirror it again")
    return offers


def source_versions(offers: tuple[Offer, ...], versions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the versions of the source package that binary versions are built from.

    A version the indexes do not list is its source's own where the package's others are too; else nothing is
    known, for some packages count by themselves (``g++`` 4:12.2.0 is built from ``gcc-defaults`` 1.203).
    """
    listed = {offer.version: offer.source_version for offer in offers}
    alike = all(_REBUILT.sub("", offer.version) == offer.source_version for offer in offers)
    found = [listed.get(version) or (_REBUILT.sub("", version) if alike else "") for version in versions]
    return tuple(dict.fromkeys(found)) if all(found) else ()


class _Form(NamedTuple):
    """The lines of a stanza that matter: package, version, and source with its version, where given."""

    name: re.Pattern[bytes]
    version: re.Pattern[bytes]
    source: re.Pattern[bytes]


_DEBIAN: Final = _Form(
    re.compile(rb"^Package:[ \t]*(\S+)", re.MULTILINE),
    re.compile(rb"^Version:[ \t]*(\S+)", re.MULTILINE),
    re.compile(rb"^Source:[ \t]*(\S+)(?:[ \t]+\((\S+)\))?", re.MULTILINE),
)
_ALPINE: Final = _Form(
    re.compile(rb"^P:(\S+)", re.MULTILINE),
    re.compile(rb"^V:(\S+)", re.MULTILINE),
    re.compile(rb"^o:(\S+)()", re.MULTILINE),
)


def _inflated(data: bytes) -> bytes:
    return _bounded(decompressed(io.BytesIO(data)))


def _bounded(file: IO[bytes]) -> bytes:
    """Return a file's content; what it is packed in may say that it is of any length."""
    content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(f"it inflates beyond {_LARGEST >> 20} MiB")
    return content


def _opened(content: bytes) -> tuple[_Form, bytes]:
    """Return an index's form and text; Alpine's is in an archive beside its signature."""
    if content[_TAR_AT : _TAR_AT + len(_TAR)] != _TAR:
        return _DEBIAN, content
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        member = archive.extractfile("APKINDEX")
        return _ALPINE, _bounded(member) if member else b""


def _offer(form: _Form, stanza: bytes) -> Offer:
    name, version = form.name.search(stanza), form.version.search(stanza)
    if name is None or version is None:
        raise ValueError(f"no package in {stanza[:40]!r}")
    built = form.source.search(stanza)
    own = version[1].decode()
    if built is None:
        return Offer(name[1].decode(), own, name[1].decode(), own)
    return Offer(name[1].decode(), own, built[1].decode(), (built[2] or version[1]).decode())
