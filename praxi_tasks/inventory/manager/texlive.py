"""TeX Live and TinyTeX: the list of packages that ``tlmgr`` keeps of its installation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import CTAN
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import lines, owned, path_text, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "tlpkg/texlive.tlpdb"
_KINDS: Final = frozenset({"Package", "TLCore", "ConTeXt"})  # others are lists of these
_MOVED: Final = "RELOC/"
_MOVED_TO: Final = "texmf-dist/"
# Programs for one machine are packages of their own; other names have dots too (``texlive.infra``).
_PROGRAMS: Final = re.compile(r"(.+)\.(?:[a-z0-9_]+-[a-z0-9]+|windows|win32)")
_OWN: Final = "00texlive."  # what the list says of itself
_FIELDS: Final = frozenset({b"category", b"revision", b"catalogue-version", b"catalogue-license"})


@dataclass
class _Package:
    """What stands between a ``name`` and the next empty line, and the same of its programs."""

    fields: dict[bytes, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def read_list(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of an installation, with the version that CTAN's catalogue gives, else the revision.

    Programs for a machine are packages of their own (``dvips.x86_64-linux``): here they are part of theirs.
    """
    root, size = path.removesuffix(_FILE), len(view.kept[path])
    for name, package in _packages(view.kept[path]).items():
        stated_version = package.fields.get(b"catalogue-version") or package.fields.get(b"revision", "")
        is_package = package.fields.get(b"category") in _KINDS and not name.startswith(_OWN)
        if is_package and stated_version:
            licences = stated((package.fields.get(b"catalogue-license", ""),))
            files = owned((f"{root}{file}" for file in package.files), size)
            yield Claim(CTAN.purl_type, name, stated_version, path, files=files, licences=licences)


def _packages(data: bytes) -> dict[str, _Package]:
    found: dict[str, _Package] = {}
    package, is_program = _Package(), False
    for line in lines(data):
        word, _, value = line.partition(b" ")
        if word == b"name":
            name = text(value)
            programs = _PROGRAMS.fullmatch(name)
            package = found.setdefault(programs[1] if programs else name, _Package())
            is_program = programs is not None
        elif not word and value:
            file = path_text(value).partition(" details=")[0].partition(" language=")[0]
            moved = file.startswith(_MOVED)
            package.files.append(_MOVED_TO + file.removeprefix(_MOVED) if moved else file)
        elif word in _FIELDS and not is_program:
            package.fields.setdefault(word, text(value))
    return found


READER: Final = Reader(
    ecosystem=CTAN.purl_type,
    prepare=lambda view: partial(read_list, view),
    endings=("/" + _FILE,),
)
