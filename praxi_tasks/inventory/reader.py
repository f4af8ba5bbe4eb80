"""What a kind of package record declares: which files of a layer it needs, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView

ReadDatabase: TypeAlias = Callable[[str], Iterator[Claim]]
"""Takes the path of a database and yields its claims; raises DataError where the database is damaged."""


_BEGINNING: Final = 1 << 16


def _no_record(_view: LayerView) -> ReadDatabase:
    """Return what refuses every file: the names of files alone tell."""

    def refuse(_path: str) -> Iterator[Claim]:
        raise DataError("it is no package record")

    return refuse


def _no_claims(_view: LayerView) -> Iterator[Claim]:
    yield from ()


def _always(_path: str) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a record of a kind is told by its content, whatever its name: links give it others.

    Parameters
    ----------
    heads
        How it begins.
    marks
        What it holds further on, within the first kilobytes.
    most
        Bytes that one has at most.
    is_database
        Whether claims are read from it; else it only accompanies a database.
    """

    heads: tuple[bytes, ...]
    marks: tuple[bytes, ...] = ()
    most: int = 1 << 20
    is_database: bool = True

    def fits(self, content: bytes) -> bool:
        """Return whether some content is of this form."""
        if len(content) > self.most or not content.startswith(self.heads):
            return False
        return all(content.find(mark, 0, _BEGINNING) >= 0 for mark in self.marks)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One kind of package record, such as dpkg's status or npm's ``package.json``.

    All paths are without a leading slash. The content of a file is *kept* while a layer is read if a reader
    wants it; claims are read from those kept files that are *databases*, the others only accompany one.

    Parameters
    ----------
    ecosystem
        The package URL type of what is claimed: what is not known where a database can't be read.
    prepare
        Called once per layer, before any database is read. Takes the layer's view, does what needs a pass
        over all its paths, and returns the function that reads one database. It raises nothing; problems
        are reported to the view.
    paths
        Paths that are kept.
    folders
        Beginnings of paths that are kept, each with a slash at its end.
    endings
        Endings of paths that may be kept. They are compared with every path of a layer and must reject nearly
        all of them: prefer long ones.
    accepts
        Decides about a path that has one of ``endings``; by default every such path is kept.
    is_database
        Decides whether a kept file is a database; by default every one is.
    named
        Yields the claims that paths alone make, of files whose content is not kept.
    forms
        How its records are told where a link leads to them under another name; the function that reads a
        database must not rely on its name then.
    of_system
        Whether its databases are a distribution's, of which ``paths`` are all names.
    """

    ecosystem: str
    prepare: Callable[[LayerView], ReadDatabase] = _no_record
    paths: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    accepts: Callable[[str], bool] = _always
    is_database: Callable[[str], bool] = _always
    named: Callable[[LayerView], Iterator[Claim]] = _no_claims
    forms: tuple[Form, ...] = ()
    of_system: bool = False

    def keeps(self, path: str) -> bool:
        """Return whether this reader needs the content of a file."""
        if path.endswith(self.endings) and self.accepts(path):
            return True
        return path in self.paths or path.startswith(self.folders)

    def reads(self, path: str) -> bool:
        """Return whether this reader reads claims from a file."""
        return self.keeps(path) and self.is_database(path)
