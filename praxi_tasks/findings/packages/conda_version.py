"""conda's order of versions, as the documentation of ``conda.models.version.VersionOrder`` has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, TypeAlias, TypeVar

from univers.versions import Version

_VERSION: Final = re.compile(
    r"(?:\d+!)?[a-z0-9_.]+(?:-[a-z0-9_.]+)*(?:\+[a-z0-9_.]+(?:-[a-z0-9_.]+)*)?", re.ASCII
)
_RUNS: Final = re.compile(r"\d+|[a-z_]+", re.ASCII)

T = TypeVar("T")
Atom: TypeAlias = tuple[int, int, str]
Part: TypeAlias = tuple[Atom, ...]
# The order of what a part is made of: "dev" is before other words, those before numbers, "post" after all.
_DEV, _WORD, _NUMBER, _POST = range(4)
_ZERO: Final[Atom] = (_NUMBER, 0, "")


@dataclass(frozen=True)
class Parts:
    """The parts of a version, without the zeros at their ends: what is missing counts as zero."""

    parts: tuple[Part, ...]

    def __lt__(self, other: Parts) -> bool:
        """Compare part by part and run by run."""
        for mine, others in zip_longest(self.parts, other.parts, fillvalue=()):
            for one, another in zip_longest(mine, others, fillvalue=_ZERO):
                if one != another:
                    return one < another
        return False

    @classmethod
    def of(cls, text: str) -> Parts:
        """Split at dots, dashes and underscores; an underscore at the end belongs to the last part."""
        end = "_" if text.endswith("_") else ""
        pieces = re.split(r"[._-]", text.rstrip("_"))
        pieces[-1] += end
        return cls(_without_end(tuple(map(_part, pieces)), ()))


class CondaVersion(Version):
    """A version of a conda package: an epoch, parts, and those of a local version."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether a text is such a version."""
        return _VERSION.fullmatch(string.lower()) is not None and any(map(str.isalnum, string))

    @classmethod
    def build_value(cls, string: str) -> tuple[int, Parts, Parts]:
        """Return what decides the order."""
        epoch, mark, rest = string.lower().rpartition("!")
        public, _, local = rest.partition("+")
        return int(epoch) if mark else 0, Parts.of(public), Parts.of(local)


def _part(piece: str) -> Part:
    """Return a part's runs; before a word at its beginning stands a zero, so that numbers meet numbers."""
    atoms = tuple(map(_atom, _RUNS.findall(piece)))
    if atoms and atoms[0][0] != _NUMBER:
        atoms = (_ZERO, *atoms)
    return _without_end(atoms, _ZERO)


def _without_end(items: tuple[T, ...], nothing: T) -> tuple[T, ...]:
    last = len(items)
    while last and items[last - 1] == nothing:
        last -= 1
    return items[:last]


def _atom(run: str) -> Atom:
    if run.isdigit():
        return (_NUMBER, int(run), "")
    return {"dev": (_DEV, 0, ""), "post": (_POST, 0, "")}.get(run, (_WORD, 0, run))
