"""What a pickle would import, by its opcodes: they are followed, and nothing of them is carried out.

A pickle is a program for a stack machine. Only texts and what is made of them are followed: a name that a
global is looked up by is a text on the stack.
"""

from __future__ import annotations

from typing import IO, Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.ml_model.pickle_imports import Imports
from praxi_tasks.inventory.ml_model.pickle_machine import STEPS, Machine

_MOST_PICKLES: Final = 64  # one after the other
_NO_TEXT: Final = "it holds a text that is none"
_STARTS: Final = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
_FIRST: Final = frozenset(STEPS)


def read_pickles(file: IO[bytes], imports: Imports, most: int = _MOST_PICKLES) -> None:
    """Follow the pickles at a place of a file, one after the other; what is amiss is a fault.

    Parameters
    ----------
    file
        Where the first pickle begins; it can be sought in.
    imports
        Takes what they import.
    most
        Pickles that are read.
    """
    for number in range(most):
        start = file.tell()
        if number and not file.read(2).startswith(_STARTS):
            return
        file.seek(start)
        imports.pickles += 1
        try:
            Machine(file, imports).run()
        except (DataError, ValueError) as error:  # the latter of a text that is none
            imports.faults[str(error) if isinstance(error, DataError) else _NO_TEXT] = None
            return


def begins_pickle(head: bytes) -> bool:
    """Return whether some bytes begin as pickles do that say their protocol."""
    return head.startswith(_STARTS) and len(head) > 2 and head[2:3] in _FIRST
