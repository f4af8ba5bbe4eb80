"""Perl: what cpanm notes of each distribution, and what MakeMaker appends to ``perllocal.pod``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import CPAN
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document, owned, path_text, text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_NOTE: Final = "/install.json"
_LOCAL: Final = "/perllocal.pod"
_LIST: Final = "/.packlist"
_MODULE: Final = re.compile(rb"=head2 .*C<Module> L<([^|>]{1,512})")
_VERSION: Final = re.compile(rb"C<VERSION: ([^>]{1,512})>")


class _Note(msgspec.Struct):
    name: str = ""
    version: str = ""
    dist: str = ""


def read_record(view: LayerView, path: str, lists: dict[str, str]) -> Iterator[Claim]:
    """Yield the distribution that a note of cpanm's is about, or those of a ``perllocal.pod``.

    Parameters
    ----------
    lists
        The lists of files in the layer, by the distribution they are of.

    Raises
    ------
    DataError
        If it is neither.
    """
    found = _noted(view.kept[path]) if path.endswith(_NOTE) else _appended(view.kept[path])
    for name, version in found:
        packlist = lists.get(name)
        files = owned(_listed(view.kept[packlist]), len(view.kept[packlist])) if packlist else ()
        yield Claim(CPAN.purl_type, name, version, path, files=files)


def _noted(data: bytes) -> Iterator[tuple[str, str]]:
    note = document(data, _Note, "no note of cpanm's")
    if not note.name or not note.version:
        raise DataError("it names no distribution or no version")
    yield note.dist.removesuffix(f"-{note.version}") or _distribution(note.name), note.version


def _appended(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield each module's last entry: an upgrade appends another one."""
    newest: dict[str, str] = {}
    name = ""
    for line in unix_lines(data):
        if module := _MODULE.match(line):
            name = _distribution(text(module[1]))
        elif name and (version := _VERSION.search(line)):
            newest[name] = text(version[1])
    yield from newest.items()


def _distribution(module: str) -> str:
    return module.replace("::", "-")


def _listed(data: bytes) -> Iterator[str]:
    return (path_text(line).partition(" type=")[0].lstrip("/") for line in unix_lines(data))


def _lists(view: LayerView) -> dict[str, str]:
    paths = (path for path in view.kept if path.endswith(_LIST))
    return {path.removesuffix(_LIST).rpartition("/auto/")[2].replace("/", "-"): path for path in paths}


def _unnamed(view: LayerView) -> Iterator[Claim]:
    """Report lists of files that no record beside them gives a version to."""
    lists = _lists(view)
    for path in [path for path in view.kept if lists and path.endswith((_NOTE, _LOCAL))]:
        with contextlib.suppress(DataError):
            found = _noted(view.kept[path]) if path.endswith(_NOTE) else _appended(view.kept[path])
            for name, _ in found:
                lists.pop(name, None)
    for path in sorted(lists.values()):
        view.report(path, "a list of files without a record of the version")
    yield from ()


def _is_wanted(path: str) -> bool:
    return "/.meta/" in path if path.endswith(_NOTE) else not path.endswith(_LIST) or "/auto/" in path


READER: Final = Reader(
    ecosystem=CPAN.purl_type,
    prepare=lambda view: partial(read_record, view, lists=_lists(view)),
    endings=(_NOTE, _LOCAL, _LIST),
    accepts=_is_wanted,
    is_database=lambda path: not path.endswith(_LIST),
    named=_unnamed,
)
