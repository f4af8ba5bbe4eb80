"""The texts that a Go program's variables hold at its start: Go's version is one, often the program's too.

Constants are merged into one long text without ends, but a variable is a pointer and a length in the data.
What the linker was told to put into a variable (``-X``) is a text of its own, with a NUL at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from praxi_tasks.inventory.binary.program import Program

_TABLES: Final = (".gopclntab", ".data.rel.ro.gopclntab", "__gopclntab")
_CONSTANTS: Final = frozenset({".rodata", "__rodata", ".rdata"})
_DATA: Final = frozenset({".data", ".noptrdata", "__data", "__noptrdata"})
_LENGTHS: Final = (5, 40)  # of texts that may be versions
_MOST: Final = 100_000


def is_go(program: Program) -> bool:
    """Return whether Go's linker made a program: it has its table of functions."""
    return program.find(*_TABLES) is not None


def short_texts(program: Program) -> Iterator[bytes]:
    """Yield the short texts of variables, each as often as a variable holds it; of 64 bits only."""
    return (text[1:-1] for text in _surrounded(program))


def linked_texts(program: Program) -> Iterator[bytes]:
    """Yield the short texts that the linker was told to put into variables."""
    return (text[1:-1] for text in _surrounded(program) if text[0] == text[-1] == 0)


def _surrounded(program: Program) -> Iterator[bytes]:
    """Yield the short texts of variables, each with the byte before and the one after it."""
    if program.bits != 64:
        return
    constants = program.named(_CONSTANTS | _DATA)
    word = np.dtype("<u8" if program.little else ">u8")
    left = _MOST
    for section in program.named(_DATA):
        data = program.read(section)
        words = np.frombuffer(data, word, len(data) // 8)
        if len(words) < 2:
            continue
        pointers, lengths = words[:-1], words[1:]
        short = (lengths >= _LENGTHS[0]) & (lengths <= _LENGTHS[1])
        for part in constants:
            inside = short & (pointers >= part.address) & (pointers < part.address + part.size)
            for row in np.flatnonzero(inside)[:left].tolist():
                start = part.offset + int(pointers[row]) - part.address
                text = program.content.read(start - 1, int(lengths[row]) + 2)
                if len(text) > 2:
                    yield text
            left -= int(np.count_nonzero(inside))
            if left <= 0:
                return
