"""Which distribution an import of Python's is of, by a table that ``scripts/import_names.py`` makes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Self

from praxi_tasks.ecosystems import PYPI

_TABLE: Final = "import_names.tsv"
_NAMESPACE: Final = "*"
_SHARED: Final = "-"
# Folders beside packages that hold none, whatever the table says.
_NO_PACKAGES: Final = frozenset(
    """
    benchmark benchmarks bin build conf config data demo demos dist doc docs etc example examples include
    lib lib64 man notebooks requirements resources sample samples scripts share site src test testing
    tests tools typings utils vendor wheelhouse
    """.split()  # noqa: SIM905 - a table of words
)


@dataclass(frozen=True)
class Owners:
    """The distributions that install an import.

    Parameters
    ----------
    shares
        The share of each among those who install the import, 0 to 1, the largest first.
    is_namespace
        Whether each of them has a part of it only.
    """

    shares: Mapping[str, float]
    is_namespace: bool = False

    @classmethod
    def read(cls, name: str, row: str) -> Self:
        """Read what follows an import in its row."""
        if row == _SHARED:
            return cls({})
        if row.startswith(_NAMESPACE):
            names = row.split(" ")[1:]
            return cls(dict.fromkeys(names, 1 / len(names)), is_namespace=True)
        pairs = (part.partition(":") for part in row.split(" ") if part)
        return cls({one: int(share) / 100 for one, _, share in pairs} or {PYPI.normalise(name): 1.0})


def owners_of(name: str) -> Owners | None:
    """Return which distributions install an import, or a part of a namespace as ``google/protobuf``.

    None where it is not known; no distributions where the import says nothing of them, because too many
    have one of that name, or the interpreter itself.
    """
    if name in sys.stdlib_module_names or name.lower() in _NO_PACKAGES:
        return Owners({})
    row = _rows().get(name)
    return None if row is None else Owners.read(name, row)


def parts_of(namespace: str, folders: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the distributions that folders in a namespace may be of, the innermost first, and their depth.

    Examples
    --------
    >>> next(parts_of("google", ("cloud", "storage", "fileio")))
    ('google-cloud-storage', 3)
    """
    known = owners_of(namespace)
    path = (namespace, *folders)[:_DEEPEST]
    for depth in range(len(path), 1, -1):
        if any(part.startswith("_") for part in path[:depth]):
            continue
        if (part := _rows().get("/".join(path[:depth]))) is not None:
            yield next(iter(Owners.read("", part).shares)), depth
        joined = PYPI.normalise("-".join(path[:depth]))
        if known and joined in known.shares:
            yield joined, depth


_DEEPEST: Final = 4


@cache
def _rows() -> Mapping[str, str]:
    text = (resources.files(__package__) / _TABLE).read_text("utf-8")
    pairs = (line.partition("\t") for line in text.splitlines())
    return {name: row for name, _, row in pairs}
