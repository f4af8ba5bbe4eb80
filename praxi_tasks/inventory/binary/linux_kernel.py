"""Linux: the image that is booted, and its modules.

A module's section ``.modinfo`` says its name, version, licence, and by ``vermagic`` which kernel it is for;
``intree`` that it was built with that kernel, whose part it is. An image for x86 says its version by the
boot protocol (the kernel's ``Documentation/arch/x86/boot.rst``), others in a line of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.binary.elf import read_elf
from praxi_tasks.inventory.binary.file_reader import ArchiveReader, ProgramReader
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.compressed_files import HEADS, unpacked
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import ReadDatabase, Reader
from praxi_tasks.oci.layer import FileContent

LINUX: Final = "linux-kernel"
"""What Linux is called in claims."""

_INFO: Final = ".modinfo"
_MOST_INFO: Final = 1 << 20
_MOST_PAIRS: Final = 10_000
_BOOT: Final = 0x202
_BOOT_MAGIC: Final = b"HdrS"
_BOOT_VERSION: Final = 0x20E
_BOOT_BASE: Final = 0x200
_LONGEST: Final = 512
_IMAGE: Final = re.compile(r"(?:vmlinuz|vmlinux|bzImage|Image)(?:[-.].*)?")
_FOLDERS: Final = ("boot/", "lib/modules/", "usr/lib/modules/")
_FILE: Final = re.compile(
    r"(?:boot/(?:System\.map|config)-|(?:usr/)?lib/modules/(?=.*/))(?P<version>\d+\.\d+[\w.+~-]*)"
    r"(?:/modules\.builtin|/System\.map)?"
)
_BANNER: Final = re.compile(rb"Linux version (?P<version>\d+\.\d+[\w.+~-]{1,80}) \(")
_RELEASE: Final = re.compile(r"\d+\.\d+[\w.+~-]*")
_OVERLAP: Final = 256
_UNPACKED: Final = 64 << 20
_PACKED_NAMES: Final = (".ko.gz", ".ko.xz", ".ko.zst")
OLD_HEAD: Final = b"\xea\x05\x00\xc0\x07\x8c"
"""How images for x86 begin that can't be started by UEFI."""


def read_linux(program: Program) -> Iterator[Claim]:
    """Yield the kernel that a program is or is a module of, or the module that is no kernel's."""
    section = program.find(_INFO) if program.format == "elf" else None
    if section is not None:
        yield from _module(program.path, program.read(section, _MOST_INFO))
    elif _IMAGE.fullmatch(program.path.rpartition("/")[2]):
        yield from read_image(program.path, program.content)


def read_image(path: str, content: FileContent) -> Iterator[Claim]:
    """Yield the kernel that an image boots."""
    version = ""
    if content.read(_BOOT, len(_BOOT_MAGIC)) == _BOOT_MAGIC:
        place = int.from_bytes(content.read(_BOOT_VERSION, 2), "little")
        text = content.read(place + _BOOT_BASE, _LONGEST) if place else b""
        version = text.partition(b"\0")[0].decode("ascii", "replace").partition(" ")[0]
    else:
        windows = (window for _, window in content.windows(_OVERLAP, 0, _UNPACKED))
        found = next((match for window in windows if (match := _BANNER.search(window))), None)
        version = found["version"].decode("ascii", "replace") if found else ""
    if _RELEASE.fullmatch(version):
        yield Claim(GENERIC.purl_type, LINUX, version, path, files=(path,))


def is_packed(path: str, head: bytes) -> bool:
    """Return whether a file is a compressed module or image of a kernel, by its name and first bytes."""
    name = path.rpartition("/")[2]
    named = name.endswith(_PACKED_NAMES) or _IMAGE.fullmatch(name) is not None
    return named and head.startswith((*HEADS, OLD_HEAD))


def read_packed(path: str, content: FileContent) -> Iterator[Claim]:
    """Yield what a compressed module or image says.

    Raises
    ------
    DataError
        If it can't be unpacked.
    """
    data = unpacked(content, _UNPACKED)
    inner = content if data is None else FileContent(data, len(data))
    program = read_elf(path, inner) if data is not None else None
    yield from read_linux(program) if program and program.sections else read_image(path, inner)


def parse_module_info(text: bytes) -> dict[str, str]:
    """Return what a module says of itself; of what is said twice the first."""
    said: dict[str, str] = {}
    for pair in text.split(b"\0", _MOST_PAIRS):
        name, equals, value = pair.decode("utf-8", "replace").partition("=")
        if equals:
            said.setdefault(name, value.strip())
    return said


def _module(path: str, text: bytes) -> Iterator[Claim]:
    said = parse_module_info(text)
    kernel = said.get("vermagic", "").partition(" ")[0]
    name = said.get("name") or path.rpartition("/")[2].partition(".")[0]
    if "intree" in said or not name:
        if _RELEASE.fullmatch(kernel):
            yield Claim(GENERIC.purl_type, LINUX, kernel, path, files=(path,))
        return
    version = said.get("version", "") or said.get("srcversion", "")
    if version:
        licences = stated((said.get("license", ""),))
        yield Claim(GENERIC.purl_type, name, version, path, files=(path,), licences=licences)


def name_kernels(view: LayerView) -> Iterator[Claim]:
    """Yield the kernels that paths of a layer name, those of files that packages list if one brought them."""
    for path in view.members():
        if path.startswith(_FOLDERS) and (found := _FILE.fullmatch(path)):
            yield Claim(GENERIC.purl_type, LINUX, found["version"], path, files=(path,))


def _no_database(_view: LayerView) -> ReadDatabase:
    return lambda _path: iter(())


READER: Final = ProgramReader(name="note about its kernel", read=read_linux)
PACKED_READER: Final = ArchiveReader(
    name="content",
    ecosystem=GENERIC.purl_type,
    heads=(*HEADS, OLD_HEAD),
    endings=_PACKED_NAMES,
    accepts=is_packed,
    tails=tuple(name[-6:].encode() for name in (*_PACKED_NAMES, "/Image.gz")),
    read=read_packed,
)
PATHS_READER: Final = Reader(ecosystem=GENERIC.purl_type, prepare=_no_database, named=name_kernels)
