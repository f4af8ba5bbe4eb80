"""Programs for tests: the smallest files that have the headers and sections that readers look for."""

from __future__ import annotations

import struct
from collections.abc import Mapping

BASE = 0x400000
"""The address at which the first byte of a file is loaded."""


def elf(sections: Mapping[str, bytes], *, little: bool = True, bits: int = 64) -> bytes:
    """Return an ELF file with these sections; each is at its offset above ``BASE``."""
    order = "<" if little else ">"
    head, row, pointer = (64, "IIQQQQIIQQ", "Q") if bits == 64 else (52, "IIIIIIIIII", "I")
    texts = b"\0" + b"".join(name.encode() + b"\0" for name in (*sections, ".shstrtab"))
    body, rows = b"", [struct.pack(order + row, *[0] * 10)]
    place = 1
    for name, data in {**sections, ".shstrtab": texts}.items():
        body += bytes(-(head + len(body)) % 16)
        offset = head + len(body)
        rows.append(struct.pack(order + row, place, 1, 3, BASE + offset, offset, len(data), 0, 0, 1, 0))
        body, place = body + data, place + len(name) + 1
    table = head + len(body)
    identity = b"\x7fELF" + bytes([2 if bits == 64 else 1, 1 if little else 2, 1]) + bytes(9)
    rest = struct.pack(
        f"{order}HHI3{pointer}IHHHHHH",
        *(2, 62, 1, 0, 0, table, 0, head, 0, 0, struct.calcsize(order + row), len(rows), len(rows) - 1),
    )
    return identity + rest + body + b"".join(rows)


def elf_with_notes(notes: bytes, code: bytes = b"code") -> bytes:
    """Return an ELF file of 64 bits that has one segment, of notes, and no sections."""
    head = b"\x7fELF\2\1\1" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 4, 4, 120, 120, 120, len(notes), len(notes), 4) + notes + code


def elf_address(sections: Mapping[str, bytes], name: str, head: int = 64) -> int:
    """Return the address at which :func:`elf` puts a section."""
    offset = head
    for each, data in sections.items():
        offset += -offset % 16
        if each == name:
            return BASE + offset
        offset += len(data)
    raise KeyError(name)


def pe(sections: Mapping[str, bytes], tables: Mapping[int, str] | None = None) -> bytes:
    """Return a PE file of 64 bits with these sections.

    ``tables`` are the numbers of the header's tables, and the section that each is.
    """
    places = pe_addresses(sections)
    rows = [(tables or {}).get(number, "") for number in range(16)]
    directories = b"".join(
        struct.pack("<II", places[name], len(sections[name])) if name else bytes(8) for name in rows
    )
    optional = struct.pack("<H22xQ76xI", 0x20B, BASE, len(rows)) + directories
    head = b"MZ" + bytes(58) + struct.pack("<I", 64)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, len(optional), 2) + optional
    table, body = b"", b""
    start = len(head) + 40 * len(sections)
    for name, data in sections.items():
        place = places[name]
        body += bytes(place - start - len(body)) + data
        table += struct.pack(
            "<8sIIIIIIHHI", name.encode(), len(data), place, len(data), place, 0, 0, 0, 0, 1 << 31
        )
    return head + table + body


def pe_addresses(sections: Mapping[str, bytes]) -> dict[str, int]:
    """Return where :func:`pe` puts its sections, in the file and above ``BASE``."""
    place, found = 64 + 4 + 20 + 112 + 128 + 40 * len(sections), {}
    for name, data in sections.items():
        place += -place % 16
        found[name] = place
        place += len(data)
    return found


def macho(sections: Mapping[str, bytes]) -> bytes:
    """Return a Mach-O file of 64 bits with these sections in one segment."""
    size = 72 + 80 * len(sections)
    offset = 32 + size
    table, body = b"", b""
    for name, data in sections.items():
        body += bytes(-(offset + len(body)) % 16)
        place = offset + len(body)
        table += struct.pack(
            "<16s16sQQIIIIIIII", name.encode(), b"__DATA", BASE + place, len(data), place, *[0] * 7
        )
        body += data
    head = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x1000007, 3, 2, 1, size, 0, 0)
    command = struct.pack("<II16sQQQQIIII", 0x19, size, b"__DATA", 0, 0, 0, 0, 3, 3, len(sections), 0)
    return head + command + table + body


def fat(program: bytes) -> bytes:
    """Return a Mach-O file for several processors, of which there is one."""
    head = struct.pack(">IIIIIII", 0xCAFEBABE, 1, 0x1000007, 3, 4096, len(program), 12)
    return head + bytes(4096 - len(head)) + program


def go_build_info(go: str, lines: str) -> bytes:
    """Return the section that Go's linker has written since Go 1.18."""
    modules = b"\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6" + lines.encode()
    modules += b"\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
    texts = (_counted(go.encode()), _counted(modules if lines else b""))
    return b"\xff Go buildinf:" + bytes([8, 2]) + bytes(16) + b"".join(texts)


def package_note(text: bytes, *, little: bool = True) -> bytes:
    """Return the section that says of which package an ELF file is."""
    head = struct.pack("<III" if little else ">III", 4, len(text), 0xCAFE1A7E)
    return head + b"FDO\0" + text + bytes(-len(text) % 4)


def _counted(text: bytes) -> bytes:
    length, digits = len(text), b""
    while length >= 0x80:
        digits, length = digits + bytes([length & 0x7F | 0x80]), length >> 7
    return digits + bytes([length]) + text


def go_variables(*texts: bytes, linked: bool = False) -> dict[str, bytes]:
    """Return the sections of a Go program without build information, whose variables hold these texts.

    They are ``linked`` if the linker was told to put them there.
    """
    end = b"\0" if linked else b"-"
    constants = end + b"".join(text + end for text in texts)
    sections = {
        ".rodata": constants,
        ".gopclntab": b"\xf1\xff\xff\xff\0\0\1\x08",
        ".data": bytes(16 * len(texts)),
    }
    address, pairs = elf_address(sections, ".rodata") + 1, b""
    for text in texts:
        pairs += struct.pack("<QQ", address, len(text))
        address += len(text) + 1
    return {**sections, ".data": pairs}
