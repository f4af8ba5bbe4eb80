"""What pickles import, and what may be spent on finding out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.ml_model.plain_opcodes import LONGEST_TEXT
from praxi_tasks.printable import printable

LARGEST: Final = 1 << 48
"""A size that no file has, in bytes."""
_MOST_GLOBALS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Global:
    """What a pickle imports: a module's member, by its name."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass
class Budget:
    """What may be spent on all pickles of a layer: ``steps`` are opcodes that may still be followed."""

    steps: int = 5_000_000


@dataclass
class Imports:
    """What some pickles import.

    Attributes
    ----------
    budget
        What may be spent on following them, together with others.
    globals
        Names, in their order.
    faults
        Why not all of them may be known.
    pickles
        How many were followed.
    parameters
        Numbers in the tensors and arrays that they make.
    steps
        Opcodes that may still be followed.
    """

    budget: Budget = field(default_factory=Budget)
    globals: dict[str, None] = field(default_factory=dict)
    faults: dict[str, None] = field(default_factory=dict)
    pickles: int = 0
    parameters: int = 0
    steps: int = 500_000

    def add(self, module: str, name: str) -> Global:
        """Note a global; raise DataError if they are too many."""
        found = Global(printable(module[:LONGEST_TEXT]), printable(name[:LONGEST_TEXT]))
        if str(found) not in self.globals:
            if len(self.globals) >= _MOST_GLOBALS:
                raise DataError(f"it imports more than {_MOST_GLOBALS:,} globals")
            self.globals[str(found)] = None
        return found

    def count(self, shape: object) -> None:
        """Count the numbers of a tensor."""
        if isinstance(shape, tuple) and all(isinstance(one, int) and 0 <= one < LARGEST for one in shape):
            self.parameters += min(math.prod(shape), LARGEST)
