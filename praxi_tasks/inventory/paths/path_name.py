"""What a path names, and what a kind of paths declares."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from praxi_tasks.inventory.claim import VersionText

Texts: TypeAlias = Mapping[str, VersionText]
"""What version files say, by their paths."""

_SHOWN: Final = 5


@dataclass(frozen=True, kw_only=True)
class PathName:
    """A package that the paths of its files name.

    Parameters
    ----------
    ecosystem, name
        The package URL type, and the name that its folder or file gives it.
    ties
        Other packages, as ``ecosystem/name``, that install the same folder.
    root
        The folder or file that names it, without a leading slash.
    paths
        Its files.
    confidence
        Calibrated probability in [0, 1] that the package, or one of the ties, is there.
    version
        What a version file in it says; empty where none says any.
    version_file
        That file.
    relation
        :data:`~praxi_tasks.inventory.claim.IMPORT` where the name is that of an import, not of a package.
    """

    ecosystem: str
    name: str
    root: str
    paths: Sequence[str]
    confidence: float
    ties: tuple[str, ...] = ()
    version: str = ""
    version_file: str = ""
    relation: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """The paths to show: the file that says the version first."""
        first = (self.version_file,) if self.version_file else ()
        return tuple(dict.fromkeys((*first, *self.paths[:_SHOWN])))[:_SHOWN]


@dataclass(frozen=True, kw_only=True)
class PathRule:
    """One kind of paths that name packages.

    Parameters
    ----------
    ecosystem
        The package URL type of what they name.
    summary
        Which paths they are, in a few words for people.
    find
        Takes the paths of the files that nothing else explains, sorted, and what version files say.
    """

    ecosystem: str
    summary: str
    find: Callable[[Sequence[str], Texts], Iterator[PathName]]


def stated_version(files: Iterable[str], texts: Texts) -> tuple[str, str]:
    """Return the first version that some files say, and the file that does; both empty where none does."""
    found = ((texts[path].version, path) for path in files if path in texts and texts[path].version)
    return next(found, ("", ""))


def outermost(folders: Iterable[str]) -> Iterator[str]:
    """Yield those folders that lie in none of the others: each file is looked at once."""
    last = None
    for folder in sorted(folders, key=lambda each: f"{each}/"):
        if last is None or not folder.startswith(f"{last}/"):
            yield folder
            last = folder


def below(folder: str, files: Sequence[str]) -> list[str]:
    """Return those of some sorted paths that are below a folder."""
    start = bisect_left(files, f"{folder}/")
    return list(files[start : bisect_left(files, f"{folder}0", start)])  # 0 follows the slash
