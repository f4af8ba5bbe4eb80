"""RubyGems: each installed gem leaves its specification, a Ruby program that is never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import GEM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_ENDING: Final = ".gemspec"
_PLACE: Final = re.compile(r"(.*/)?specifications/(?:default/)?[^/]+\.gemspec")
_HEAD: Final = 1 << 16
_STUB: Final = re.compile(rb"^# stub: (\S+) (\S+) (\S+) ", re.MULTILINE)
_NAME: Final = re.compile(rb"^[ \t]*\w{1,40}\.name[ \t]*=[ \t]*[\"']([^\"'\n]+)[\"']", re.MULTILINE)
_VERSION: Final = re.compile(
    rb"^[ \t]*\w{1,40}\.version[ \t]*=[ \t]*(?:Gem::Version\.new\(?[ \t]*)?[\"']([^\"'\n]+)[\"']",
    re.MULTILINE,
)
_LICENCES: Final = re.compile(rb"^[ \t]*\w{1,40}\.licenses?[ \t]*=[ \t]*([^\n]{1,2000})", re.MULTILINE)
_STRING: Final = re.compile(rb"[\"']([^\"'\n]+)[\"']")
_FILE: Final = re.compile(r"(.+?)-(\d[^-]*)(?:-.+)?")


def read_specification(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the gem of a specification: as its stub says, its assignments, or the file's name.

    Raises
    ------
    DataError
        If none of these names a gem and its version.
    """
    data = view.kept[path][:_HEAD]
    file = path.rpartition("/")[2].removesuffix(_ENDING)
    stub, name, version = _STUB.search(data), _NAME.search(data), _VERSION.search(data)
    if stub:
        found = text(stub[1]), text(stub[2])
    elif name and version:
        found = text(name[1]), text(version[1])
    elif named := _FILE.fullmatch(file):
        found = named[1], named[2]
    else:
        raise DataError("it names no gem and version")
    licences = _LICENCES.search(data)
    yield Claim(
        GEM.purl_type,
        *found,
        path,
        files=(path, *view.give(_folder(path, file))),
        licences=stated(map(text, _STRING.findall(licences[1]))) if licences else (),
    )


def _folder(path: str, file: str) -> str:
    """Return the folder of a gem's files; a default gem's are in Ruby's own library."""
    place = _PLACE.fullmatch(path)
    return f"{place[1] or ''}gems/{file}" if place else ""


READER: Final = Reader(
    ecosystem=GEM.purl_type,
    prepare=lambda view: partial(read_specification, view),
    endings=(_ENDING,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
