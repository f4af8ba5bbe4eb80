"""CRAN, and repositories like it: the index ``src/contrib/PACKAGES.gz``, and the archives that it lists.

Most archives are source: what R makes of it while it installs a package (byte code, help, compiled libraries)
differs from R to R and can't be had without R and a compiler. Of those archives are listed the files that
are installed as they are, by content, and the others by their paths. Some repositories have archives at
the same places that were installed already, for one distribution: all their files are listed by content.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks.ecosystems import CRAN
from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.fingerprint import UNKNOWN_SIZE
from praxi_tasks.http import redact_url
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.fetching import read_page, save_file
from praxi_tasks.learning.sources.package_managers import check_words, scratch
from praxi_tasks.learning.sources.tar_archive import list_tar
from praxi_tasks.store.compressed import DAMAGED, decompressed

_LIBRARY: Final = "usr/local/lib/R/site-library"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,99}")
_VERSION: Final = re.compile(r"[0-9]{1,9}(?:[.-][0-9]{1,9}){0,9}")
_RELATIONS: Final = ("Depends", "Imports", "LinkingTo")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]*")
_REMEMBERED: Final = 64
_MOST_INDEX: Final = 256 << 20  # bytes without compression; CRAN's has 9 MB

_AS_IT_IS: Final = re.compile(r"NAMESPACE|(?:LICENSE|LICENCE|NEWS)(?:\.md|\.Rd)?")
_FIGURE: Final = re.compile(r"man/figures/([^/]+)")
_INSTALLED: Final = "Meta/package.rds"
"""What R writes when it installs a package."""

_MADE: Final = (
    *("DESCRIPTION", "INDEX", "R/{}", "R/{}.rdb", "R/{}.rdx", "html/00Index.html", "html/R.css"),
    *("help/AnIndex", "help/aliases.rds", "help/paths.rds", "help/{}.rdb", "help/{}.rdx"),
    *(f"Meta/{part}.rds" for part in ("Rd", "features", "hsearch", "links", "nsInfo", "package")),
)
_MADE_OF: Final = {
    "src/": ("libs/{}.so",),
    "R/sysdata.": ("R/sysdata.rdb", "R/sysdata.rdx"),
    "inst/doc/": ("Meta/vignette.rds", "doc/index.html"),
}
"""How a path of source begins → what R makes of it; the rest it makes of every package."""


class _Listed(NamedTuple):
    version: str
    md5: bytes
    needs: frozenset[str]


class CranRepository:
    """Lists the packages of a repository of R's.

    Parameters
    ----------
    url
        The folder that has ``src/contrib``; credentials in it are sent to its host only and never logged.
    """

    name = CRAN.purl_type

    def __init__(self, url: str) -> None:
        self._url = url
        self._contrib = f"{url}/src/contrib"
        self._archived = lru_cache(_REMEMBERED)(self._read_archive)

    def offers(self, wanted: NewPackage) -> bool:
        """Return whether it is a package of R's."""
        return wanted.ecosystem == CRAN.purl_type

    def packages(self) -> Sequence[str]:
        """Return the names of all packages, those first that most others need; see :class:`SuiteIndex`."""
        needed = Counter(name for package in self._known.values() for name in package.needs)
        return sorted(self._known, key=lambda name: (-needed[name], name))

    def versions(self, wanted: NewPackage) -> Sequence[str]:
        """Return the present version and those of the archive, the newest first."""
        present = self._known.get(wanted.name)
        found = {*self._archived(wanted.name), *([present.version] if present else ())}
        return sorted(found, key=_ordered, reverse=True)

    def read(self, wanted: NewPackage) -> StoredRelease:
        """Return what the package installs, as far as its archive tells."""
        check_words(wanted.name, wanted.version)
        present = self._known.get(wanted.name)
        is_present = present is not None and present.version == wanted.version
        if not is_present and wanted.version not in self._archived(wanted.name):
            raise ReleaseNotFoundError("the repository has it not", where=wanted.purl)
        file = f"{wanted.name}_{wanted.version}.tar.gz"
        folder = self._contrib if is_present else f"{self._contrib}/Archive/{wanted.name}"
        digest = present.md5 if present is not None and is_present else b""
        with scratch() as temporary:
            algorithm = "md5" if digest else ""
            saved = save_file(f"{folder}/{file}", temporary / file, algorithm, digest, index=self._url)
            with saved.open("rb") as data:
                return _installed(list_tar(data, wanted, f"cran {file}", lambda path: path))

    @cached_property
    def _known(self) -> dict[str, _Listed]:
        with scratch() as folder:
            path = save_file(f"{self._contrib}/PACKAGES.gz", folder / "PACKAGES.gz", index=self._url)
            text = _text(path, redact_url(self._contrib))
        stanzas = (_fields(stanza) for stanza in text.split("\n\n"))
        return {name: listed for fields in stanzas for name, listed in _listed(fields)}

    def _read_archive(self, name: str) -> Sequence[str]:
        """Return the versions that the archive's page of a package links to; none where there is no page."""
        if not _NAME.fullmatch(name):
            raise ReleaseNotFoundError("not a name that a package of R's can have", where=repr(name[:100]))
        try:
            page = read_page(f"{self._contrib}/Archive/{name}/", "text/html, */*;q=0.5")
        except ReleaseNotFoundError:
            return ()
        text = page.data.decode("utf-8", "replace")
        found = re.findall(rf"{re.escape(name)}_([0-9][0-9.-]{{0,80}})\.tar\.gz", text)
        return [version for version in dict.fromkeys(found) if _VERSION.fullmatch(version)]


def _text(path: Path, where: str) -> str:
    try:
        with path.open("rb") as raw:
            data = decompressed(raw).read(_MOST_INDEX + 1)
    except DAMAGED as error:
        raise ReleaseError(f"the index can't be read: {error}", where=where) from error
    if len(data) > _MOST_INDEX:
        raise ReleaseRefusedError(f"an index of more than {_MOST_INDEX:,} bytes", where=where)
    return data.decode("utf-8", "replace")


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.split("[.-]", version)))


def _fields(stanza: str) -> dict[str, str]:
    """Return the fields of a stanza; a line that begins with white space belongs to the one before."""
    found: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line[:1] in (" ", "\t"):
            found[name] = found.get(name, "") + line
            continue
        name, _, value = line.partition(":")
        found[name] = value.strip()
    return found


def _listed(fields: dict[str, str]) -> Sequence[tuple[str, _Listed]]:
    name, version = fields.get("Package", ""), fields.get("Version", "")
    if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
        return ()
    relations = ",".join(fields.get(each, "") for each in _RELATIONS).split(",")
    needs = frozenset(match.group() for each in relations if (match := _WORD.match(each.strip())))
    return [(name, _Listed(version, _digest(fields.get("MD5sum", "")), needs - {"R"}))]


def _digest(text: str) -> bytes:
    return bytes.fromhex(text) if re.fullmatch("[0-9a-f]{32}", text) else b""


def _installed(archive: StoredRelease) -> StoredRelease:
    """Return what an archive's files are once they are installed."""
    home = f"{archive.name}/"
    inside = [path.removeprefix(home) for path in archive.paths if path.startswith(home)]
    if len(inside) < len(archive.paths):
        raise ReleaseRefusedError("the archive is another package's", where=archive.source)
    if _INSTALLED in inside:
        places: list[str | None] = [*inside]
        made: list[str] = []
    else:
        places = [_copied(path) for path in inside]
        made = _made(archive.name, inside)
    rows = np.array([row for row, place in enumerate(places) if place], np.intp)
    unknown, nothing = np.full(len(made), UNKNOWN_SIZE, np.uint64), np.zeros(len(made), np.uint64)
    paths = [*(places[row] or "" for row in rows.tolist()), *made]
    return StoredRelease(
        *archive.identity,
        archive.source,
        [f"{_LIBRARY}/{home}{path}" for path in paths],
        np.concatenate((archive.sizes[rows], unknown)),
        np.concatenate((archive.hashes[rows], nothing)),
        np.concatenate((archive.measured[rows], np.zeros(len(made), np.bool_))),
        archive.build_ids.select(rows),
    )


def _copied(path: str) -> str | None:
    """Return where a file of source is copied to; nothing if it is not, or not as it is."""
    if path.startswith("inst/"):
        return path.removeprefix("inst/")
    if figure := _FIGURE.fullmatch(path):
        return f"help/figures/{figure[1]}"
    return path if path.startswith("demo/") or _AS_IT_IS.fullmatch(path) else None


def _made(name: str, source: Sequence[str]) -> list[str]:
    """Return the paths of what R makes of a package's source."""
    found = [path for start, paths in _MADE_OF.items() if _has(source, start) for path in paths]
    return [path.format(name) for path in (*_MADE, *found)]


def _has(paths: Sequence[str], start: str) -> bool:
    return any(path.startswith(start) for path in paths)
