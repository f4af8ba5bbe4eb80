"""What Python installers record: ``dist-info`` folders, older ``egg-info`` folders and files, eggs."""

from __future__ import annotations

import csv
import io
import posixpath
from collections.abc import Iterable, Iterator, Set
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.checksums import pack_checksums, sha256_of_record
from praxi_tasks.inventory.claim import EDITABLE, VENDORED, Claim
from praxi_tasks.inventory.core_metadata import read_core_metadata
from praxi_tasks.inventory.decoding import lines, owned, path_text
from praxi_tasks.inventory.language.direct_url import Origin, read_direct_url
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader

_RECORD: Final = ".dist-info/RECORD"
_DIRECT_URL: Final = "direct_url.json"
_TOP_LEVEL: Final = "top_level.txt"
_MOST_NAMED: Final = 1 << 16  # bytes of such a file that are read
_DIST_INFO: Final = (
    ".dist-info/METADATA",
    _RECORD,
    f".dist-info/{_DIRECT_URL}",
    f".dist-info/{_TOP_LEVEL}",
)
_EGG_INFO: Final = (
    ".egg-info/PKG-INFO",
    ".egg-info/METADATA",
    ".egg-info/RECORD",
    ".egg-info/installed-files.txt",
    ".egg-info/SOURCES.txt",
    f".egg-info/{_TOP_LEVEL}",
)
_EGG: Final = (".egg/EGG-INFO/PKG-INFO", ".egg/EGG-INFO/SOURCES.txt")
_METADATA: Final = ("/METADATA", "/PKG-INFO", ".egg-info")
_VENDORED: Final = "/_vendor/"
_SCRIPTS: Final = ("../bin/", "../../bin/", "../../../bin/")
_SOURCES: Final = (".egg-info/SOURCES.txt", "/EGG-INFO/SOURCES.txt")


def read_metadata(view: LayerView, path: str, sources: Set[str]) -> Iterator[Claim]:
    """Yield the distribution that a ``METADATA``, ``PKG-INFO`` or ``egg-info`` file describes.

    Parameters
    ----------
    sources
        What :func:`installed_sources` found in the layer.

    Raises
    ------
    DataError
        If it names no distribution. A list of files that can't be read is reported, and the distribution has
        none.
    """
    claim = read_core_metadata(view.kept[path], path)
    origin = _origin(view, path)
    vendored = VENDORED if _VENDORED in f"/{path}" else ""
    relation = EDITABLE if origin.is_editable else vendored
    files = _owned(view, path, sources)
    yield msgspec.structs.replace(
        claim,
        files=files,
        checksums=pack_checksums(files, _checksums(view, path)) if files else b"",
        relation=relation,
        origin=origin.address,
    )


def _origin(view: LayerView, path: str) -> Origin:
    """Return where a distribution came from, if not from an index; what can't be read says nothing."""
    beside = f"{path.rpartition('/')[0]}/{_DIRECT_URL}"
    if beside not in view.kept:
        return Origin()
    try:
        return read_direct_url(view.kept[beside])
    except DataError as error:
        view.report(path, f"its {_DIRECT_URL}: {error}")
        return Origin()


def _owned(view: LayerView, path: str, sources: Set[str]) -> tuple[str, ...]:
    try:
        return _files(view, path, sources)
    except DataError as error:
        view.report(path, f"its files: {error}")
        return ()


def _files(view: LayerView, path: str, present: Set[str]) -> tuple[str, ...]:
    folder, _, name = path.rpartition("/")
    site = posixpath.dirname(folder)
    if name == "METADATA":
        if f"{folder}/RECORD" not in view.kept:
            return _imports(view, folder, site)
        record = view.kept[f"{folder}/RECORD"]
        return owned(_moved(view, site, _recorded(record)), len(record))
    if name != "PKG-INFO":
        return ()
    installed = view.kept.get(f"{folder}/installed-files.txt")
    if installed is not None:
        return owned(_resolved(folder, _lines(installed)), len(installed))
    listed = view.kept.get(f"{folder}/SOURCES.txt", b"")
    found = owned((path for path in _resolved(site, _lines(listed)) if path in present), len(listed))
    return found or _imports(view, folder, site)


def _imports(view: LayerView, folder: str, site: str) -> tuple[str, ...]:
    """Return the files of what ``top_level.txt`` says that a distribution without a list is imported by.

    A folder that is no package by itself may be a namespace, of which others have a part.
    """
    named = view.kept.get(f"{folder}/{_TOP_LEVEL}", b"")[:_MOST_NAMED]
    found: list[str] = []
    for name in dict.fromkeys(filter(str.isidentifier, map(str.strip, _lines(named)))):
        if view.holds(f"{site}/{name}/__init__.py"):
            found += view.give(f"{site}/{name}")
        if view.holds(module := f"{site}/{name}.py"):
            found.append(module)
    return tuple(found)


def installed_sources(view: LayerView) -> frozenset[str]:
    """Return which paths of all ``SOURCES.txt`` are in the layer.

    They are paths of a source tree: those that exist beside the egg-info were installed as they are.
    """
    wanted: set[str] = set()
    for path, listed in view.kept.items():
        if path.endswith(_SOURCES):
            site = posixpath.dirname(posixpath.dirname(path))
            try:
                wanted.update(owned(_resolved(site, _lines(listed)), len(listed)))
            except DataError as error:
                view.report(path, str(error))
    return frozenset(wanted.intersection(view.members())) if wanted else frozenset()


def _recorded(record: bytes) -> Iterator[str]:
    """Yield the paths of a RECORD."""
    return (row[0] for row in _rows(record))


def _rows(record: bytes) -> Iterator[list[str]]:
    """Yield the rows of a RECORD, which is CSV: a name in quotes may hold the ends of lines."""
    try:
        record_text = io.TextIOWrapper(io.BytesIO(record), "utf-8", "surrogateescape", newline="")
        for row in csv.reader(record_text):
            if row:
                yield row
    except csv.Error as error:
        raise DataError(f"its RECORD is not CSV: {error}") from None


def _checksums(view: LayerView, path: str) -> dict[str, bytes]:
    """Return the SHA-256 that the RECORD beside a ``METADATA`` gives of modules and data."""
    folder = path.rpartition("/")[0]
    site = posixpath.dirname(folder)
    record = view.kept.get(f"{folder}/RECORD", b"") if path.endswith("/METADATA") else b""
    rows = ((row[0], sha256_of_record(row[1])) for row in _rows(record) if len(row) > 1)
    return {resolved: value for listed, value in rows if value for resolved in _resolved(site, (listed,))}


def _moved(view: LayerView, site: str, paths: Iterable[str]) -> Iterator[str]:
    """Resolve the paths of a RECORD; ``pip install --target`` moves scripts below the packages themselves."""
    scripts = f"{site}/bin"
    are_moved = scripts in view.folders
    for path in paths:
        if are_moved and path.startswith(_SCRIPTS):
            path = path[path.index("bin/") :]  # noqa: PLW2901 - where it is
        yield from _resolved(site, (path,))


def _lines(data: bytes) -> Iterator[str]:
    for line in lines(data):
        yield from filter(None, path_text(line).splitlines())


def _resolved(folder: str, paths: Iterable[str]) -> Iterator[str]:
    """Resolve paths against a folder, as a file system does: the parent of the root is the root."""
    for path in paths:
        whole = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
        if whole:
            yield whole


def report_lone_records(view: LayerView) -> None:
    """Report each ``RECORD`` of a layer that lacks the metadata which would name its distribution."""
    for path in view.kept:
        if path.endswith(_RECORD) and f"{path.removesuffix('RECORD')}METADATA" not in view.kept:
            view.report(path, "no METADATA beside it, in this layer, names the distribution")


def _prepare(view: LayerView) -> ReadDatabase:
    report_lone_records(view)
    return partial(read_metadata, view, sources=installed_sources(view))


READER: Final = Reader(
    ecosystem=PYPI.purl_type,
    prepare=_prepare,
    endings=(*_DIST_INFO, *_EGG_INFO, *_EGG, ".egg-info"),
    is_database=lambda path: path.endswith(_METADATA),
    forms=(Form(heads=(b"Metadata-Version:",), marks=(b"\nName:", b"\nVersion:")),),
)
