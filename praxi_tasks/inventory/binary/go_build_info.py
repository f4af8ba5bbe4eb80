"""What Go's linker writes into each program: Go's version, the modules that are in it, how it was built.

The layout is that of Go's ``debug/buildinfo`` and ``runtime/debug``: since Go 1.18 the texts follow the
header, which holds pointers to them in older programs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import GOLANG
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.go_variables import is_go, linked_texts, short_texts
from praxi_tasks.inventory.binary.program import Program, Section
from praxi_tasks.inventory.claim import Claim

STANDARD_LIBRARY: Final = "stdlib"
UNKNOWN_VERSION: Final = "(devel)"
"""What Go itself writes for a module that was built from a folder."""

_MAGIC: Final = b"\xff Go buildinf:"
_OF_COMMIT: Final = "v0.0.0-"
_FROM_FILES: Final = "command-line-arguments"  # what Go calls a program of single files
_ALIGNMENT: Final = 16
_HEADER: Final = 32
_INLINE, _BIG_ENDIAN = 2, 1
_FRAME: Final = 16  # bytes before and after the modules by which they are found in a core dump
_SECTIONS: Final = (".go.buildinfo", "__go_buildinfo")
_SEARCHED: Final = 1 << 20  # bytes of a program's data, where it has no section for it
_MOST_TEXT: Final = 4 << 20
_MOST_SECTION: Final = 16 << 20
_GO_VERSION: Final = re.compile(r"go(\d+(?:\.\d+)*(?:(?:alpha|beta|rc)\d+)?)")
_BUILT_WITH: Final = re.compile(rb"go(\d+\.\d+(?:\.\d+)?(?:rc\d+)?)")
_LINKED: Final = re.compile(
    r"-X[= ]'?[^\s='\"]*?\.(?i:git)?(?:[vV]ersion|VERSION)=v?(\d+\.\d+\.\d+[^\s'\"]*)"
)
_TEXT: Final = re.compile(rb"v?(\d+\.\d+\.\d+)(?:[-+~][\w.+~-]*)?")
_REPOSITORY: Final = re.compile(r"(?:github\.com|gitlab\.com|bitbucket\.org)/[^/]+/[^/]+(?:/v\d+(?=/|$))?")
_REVISION: Final = re.compile(r"[0-9a-f]{12,}")


class Module(NamedTuple):
    """A module in a program, as it is named there."""

    path: str
    version: str


class BuildInfo(NamedTuple):
    """What a program says of how it was made.

    ``modules`` are those it was made from, those that replaced others in their stead; ``main`` is the module
    of the program itself, or its package where it has none; ``settings`` are flags and the stamp of version
    control.
    """

    go: str
    main: Module | None
    modules: tuple[Module, ...]
    settings: dict[str, str]


def read_go(program: Program) -> Iterator[Claim]:
    """Yield the modules of a Go program, and the standard library that it was built with.

    Raises
    ------
    DataError
        If its build information is damaged.
    """
    texts = _find_texts(program)
    if texts is None:
        yield from _without(program)
        return
    version, modules = texts
    go = _GO_VERSION.search(version)
    if go:
        yield _claim(program, STANDARD_LIBRARY, go[1])
    info = parse_build_info(version, modules)
    for module in _own_modules(program, info):
        yield _claim(program, *module)
    for module in dict.fromkeys(info.modules):
        yield _claim(program, module.path, module.version)


def parse_build_info(go: str, text: str) -> BuildInfo:
    """Read the lines that say which modules a program has.

    A module that a folder replaced keeps its name, and no version is known of it.

    Parameters
    ----------
    go
        Go's version.
    text
        Lines of fields with tabs between them.
    """
    main: Module | None = None
    command = ""
    modules: list[Module] = []
    settings: dict[str, str] = {}
    for line in text.split("\n"):
        kind, _, rest = line.partition("\t")
        if kind == "path":
            command = rest
        elif kind in {"mod", "dep", "=>"}:
            module = Module(*(*rest.split("\t"), "")[:2])
            if not module.path:
                continue
            if kind == "mod":
                main = module
            elif kind == "dep":
                modules.append(module)
            elif modules:
                modules[-1] = _replaced(modules[-1], module)
        elif kind == "build":
            key, _, value = rest.partition("=")
            settings[_unquoted(key)] = _unquoted(value)
    if main is None and command not in {"", _FROM_FILES}:
        main = Module(command, UNKNOWN_VERSION)  # of Go's own commands, and from before modules
    return BuildInfo(go, main, tuple(modules), settings)


def main_version(info: BuildInfo) -> str:
    """Return the version of a program's own module.

    Where none was stamped it is the one that the linker set into a variable, or the pseudo-version of the
    commit that it was built from (Go's modules reference), or unknown.
    """
    main, settings = info.main, info.settings
    if main is not None and main.version not in {"", UNKNOWN_VERSION}:
        return main.version
    linked = _LINKED.search(settings.get("-ldflags", ""))
    if linked:
        return f"v{linked[1]}"
    revision = settings.get("vcs.revision", "")
    if not _REVISION.match(revision):
        return UNKNOWN_VERSION
    try:
        moment = datetime.fromisoformat(settings.get("vcs.time", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN_VERSION
    return f"{_OF_COMMIT}{moment:%Y%m%d%H%M%S}-{revision[:12]}"


def is_released(version: str) -> bool:
    """Return whether a version is known, and none that Go made of a commit."""
    return version != UNKNOWN_VERSION and not version.startswith(_OF_COMMIT)


def own_modules(program: Program) -> tuple[Module, ...]:
    """Return what a Go program itself is, with the versions that are known; nothing where it does not say."""
    info = _build_info(program)
    return _own_modules(program, info) if info else ()


def _own_modules(program: Program, info: BuildInfo) -> tuple[Module, ...]:
    """Return a program's module; where Go tells its package alone, that and the module of its repository."""
    if info.main is None:
        return ()
    own = Module(info.main.path, _own_version(program, info))
    repository = _REPOSITORY.match(own.path)
    if own.version == UNKNOWN_VERSION or not repository or repository[0] == own.path:
        return (own,)
    return own, Module(repository[0], own.version)


def _own_version(program: Program, info: BuildInfo) -> str:
    """Return the version of a program's own module, be it only a text that the linker was told.

    That may be the version of something else in it: where such texts are of several versions none counts.
    """
    known = main_version(info)
    if is_released(known):
        return known
    texts = sorted(linked_texts(program), key=len)
    versions = [found for text in texts if (found := _TEXT.fullmatch(text))]
    if len({found[1] for found in versions}) != 1:
        return known
    return "v" + versions[0][0].decode().removeprefix("v").replace("~", "+", 1)


def _build_info(program: Program) -> BuildInfo | None:
    texts = _find_texts(program)
    return parse_build_info(*texts) if texts else None


def _without(program: Program) -> Iterator[Claim]:
    """Yield the standard library of a Go program that was stripped of all build information."""
    if is_go(program):
        versions = {found[1] for text in short_texts(program) if (found := _BUILT_WITH.fullmatch(text))}
        if len(versions) == 1:
            yield _claim(program, STANDARD_LIBRARY, versions.pop().decode())


def _claim(program: Program, name: str, version: str) -> Claim:
    return Claim(GOLANG.purl_type, name, version or UNKNOWN_VERSION, program.path, files=(program.path,))


def _replaced(module: Module, by: Module) -> Module:
    if by.path.startswith(("./", "../", "/")) or by.version in {"", UNKNOWN_VERSION}:
        return Module(module.path, UNKNOWN_VERSION)
    return by


def _unquoted(text: str) -> str:
    """Return a text that Go may have written in quotes, whose escapes are those of JSON or nearly so."""
    if not text.startswith('"'):
        return text.strip("`")
    try:
        return str(json.loads(text))
    except ValueError:
        return text.strip('"')


def _find_texts(program: Program) -> tuple[str, str] | None:
    """Return Go's version and the lines about modules; None if there is no build information."""
    section = program.find(*_SECTIONS)
    if section is not None:
        return _texts_at(program, section, _MOST_SECTION)
    for part in _data(program):
        if found := _texts_at(program, part, _SEARCHED):
            return found
    return None


def _data(program: Program) -> Iterator[Section]:
    """Yield where a program without a section of its own has build information: its data."""
    if program.format == "pe":
        yield from (section for section in program.sections if section.name == ".data")
    elif program.format == "elf" and not program.sections:
        yield from (segment for segment in program.segments if segment.writable and segment.kind == 1)


def _texts_at(program: Program, section: Section, length: int) -> tuple[str, str] | None:
    data = program.read(section, length)
    place = data.find(_MAGIC)
    while place >= 0 and place % _ALIGNMENT:
        place = data.find(_MAGIC, place + 1)
    if place < 0 or place + _HEADER > len(data):
        return None
    header = data[place : place + _HEADER]
    if header[15] & _INLINE:
        start = place + _HEADER
        part = program.content.read(section.offset + start, min(section.size - start, 3 * _MOST_TEXT))
        version, start = _inline_text(part, 0)
        modules, _ = _inline_text(part, start)
        return _decoded(version), _decoded(_unframed(modules))
    return _pointed_texts(program, header)


def _inline_text(data: bytes, start: int) -> tuple[bytes, int]:
    """Return a text behind its length, a number of seven bits a byte, and where it ends."""
    length = 0
    for shift, byte in enumerate(data[start : start + 10]):
        length |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            first = start + shift + 1
            if length > min(len(data) - first, _MOST_TEXT):
                break
            return data[first : first + length], first + length
    raise DataError("Go's build information in it is cut off")


def _pointed_texts(program: Program, header: bytes) -> tuple[str, str]:
    size = header[14]
    if size not in {4, 8}:
        raise DataError("Go's build information in it has pointers of no known size")
    order: Final = "big" if header[15] & _BIG_ENDIAN else "little"

    def text(place: int) -> bytes:
        pair = program.at(int.from_bytes(header[place : place + size], order), 2 * size)
        if len(pair) < 2 * size:
            return b""
        length = int.from_bytes(pair[size:], order)
        return program.at(int.from_bytes(pair[:size], order), length) if length <= _MOST_TEXT else b""

    return _decoded(text(16)), _decoded(_unframed(text(16 + size)))


def _unframed(modules: bytes) -> bytes:
    framed = len(modules) > 2 * _FRAME and modules[-_FRAME - 1] == ord("\n")
    return modules[_FRAME:-_FRAME] if framed else b""


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


READER: Final = ProgramReader(name="Go build information", read=read_go)
