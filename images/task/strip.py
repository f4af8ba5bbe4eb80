"""Cut off what the loader of a shared library never reads: symbol tables, debug information, section headers.

    python3 strip.py FOLDER

A slim base image has no binutils. A program header says what is loaded; what lies behind the last byte that
any of them covers can go. Libraries where that is nothing, as after patchelf, stay as they are.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

_ELF64_LITTLE = b"\x7fELF\x02\x01"
_PROGRAM_HEADERS = 32  # offset of e_phoff; e_shoff follows
_SECTION_HEADERS = 40
_COUNTS = 54  # e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx
_SECTION_COUNTS = 60


def loaded_end(data: bytes) -> int:
    """Return where the part of an ELF file that its program headers cover ends."""
    (table,) = struct.unpack_from("<Q", data, _PROGRAM_HEADERS)
    size, count = struct.unpack_from("<HH", data, _COUNTS)
    end = table + size * count
    for start in range(table, end, size):
        (offset,) = struct.unpack_from("<Q", data, start + 8)
        (length,) = struct.unpack_from("<Q", data, start + 32)
        end = max(end, offset + length)
    return int(end)


def strip(path: Path) -> int:
    """Cut a shared library short; return how many bytes that saved."""
    data = path.read_bytes()
    if not data.startswith(_ELF64_LITTLE) or (end := loaded_end(data)) >= len(data):
        return 0
    kept = bytearray(data[:end])
    struct.pack_into("<Q", kept, _SECTION_HEADERS, 0)
    struct.pack_into("<HH", kept, _SECTION_COUNTS, 0, 0)
    path.write_bytes(kept)
    return len(data) - end


def main(folder: Path) -> None:
    """Strip every shared library below a folder."""
    saved = sum(
        strip(path) for path in sorted(folder.rglob("*.so*")) if path.is_file() and not path.is_symlink()
    )
    sys.stdout.write(f"stripped {saved / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
