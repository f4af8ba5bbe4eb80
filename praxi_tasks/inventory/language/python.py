"""What Python installers record: ``dist-info`` folders, older ``egg-info`` folders and files, eggs."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Iterable, Iterator, Set
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import lines, owned, path_text, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader
from praxi_tasks.inventory.stanzas import read_stanzas

_FIELDS: Final = frozenset((b"name", b"version"))
_RECORD: Final = ".dist-info/RECORD"
_DIST_INFO: Final = (".dist-info/METADATA", _RECORD)
_EGG_INFO: Final = (
    ".egg-info/PKG-INFO",
    ".egg-info/METADATA",
    ".egg-info/RECORD",
    ".egg-info/installed-files.txt",
    ".egg-info/SOURCES.txt",
)
_EGG: Final = (".egg/EGG-INFO/PKG-INFO", ".egg/EGG-INFO/SOURCES.txt")
_METADATA: Final = ("/METADATA", "/PKG-INFO", ".egg-info")
_HEADERS_END: Final = re.compile(rb"\r?\n\r?\n")
_EXPRESSION: Final = re.compile(rb"^License-Expression:[ \t]*(.+)", re.MULTILINE | re.IGNORECASE)
_FREE: Final = re.compile(rb"^License:[ \t]*(.+)(\n[ \t])?", re.MULTILINE | re.IGNORECASE)
_CLASSIFIER: Final = re.compile(
    rb"^Classifier:[ \t]*License ::(?: OSI Approved ::)?[ \t]*(.+)", re.MULTILINE | re.IGNORECASE
)
_LONGEST_NAME: Final = 200  # characters of a free field; a longer one is the text of a licence
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
    fields = next(read_stanzas(view.kept[path], _FIELDS), {})
    if not fields.get("name") or not fields.get("version"):
        raise DataError("it has no name or no version")
    yield Claim(
        ecosystem=PYPI.purl_type,
        name=PYPI.normalise(fields["name"]),
        version=fields["version"],
        database=path,
        files=_owned(view, path, sources),
        licences=stated(_licences(view.kept[path])),
    )


def _licences(metadata: bytes) -> Iterator[str]:
    """Yield what core metadata say of licences: the expression, else the classifiers, else the free field.

    The free field of old releases may hold the whole text of a licence, which names none.
    """
    head = _HEADERS_END.split(metadata, maxsplit=1)[0]
    if found := _EXPRESSION.search(head):
        yield text(found[1])
        return
    classifiers = [text(name) for name in _CLASSIFIER.findall(head)]
    yield from classifiers
    free = _FREE.search(head)
    if free and not classifiers and not free[2] and len(free[1]) <= _LONGEST_NAME:
        yield text(free[1])


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
        record = view.kept.get(f"{folder}/RECORD", b"")
        return owned(_resolved(site, _recorded(record)), len(record))
    if name != "PKG-INFO":
        return ()
    installed = view.kept.get(f"{folder}/installed-files.txt")
    if installed is not None:
        return owned(_resolved(folder, _lines(installed)), len(installed))
    listed = view.kept.get(f"{folder}/SOURCES.txt", b"")
    return owned((path for path in _resolved(site, _lines(listed)) if path in present), len(listed))


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
    """Yield the paths of a RECORD, which is CSV: a name in quotes may hold the ends of lines."""
    try:
        record_text = io.TextIOWrapper(io.BytesIO(record), "utf-8", "surrogateescape", newline="")
        for row in csv.reader(record_text):
            if row:
                yield row[0]
    except csv.Error as error:
        raise DataError(f"its RECORD is not CSV: {error}") from None


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
