"""Relocated software: copied below another prefix, or vendored into an application's folder.

Files unknown at their path are looked up again without an upper part of it. A prefix counts only if several
files below it agree. Prefixes of cross compilers never count: what lies there belongs to the target machine
and is no copy. Nor does what lies beside the packages of a Python installation or environment come from a
distribution: pip and conda put scripts and data there under the names that distributions use as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.copies import NODE_ROOT
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.fingerprint import PYTHON_ROOT, PathColumns, hash_text, join_path, normalise_all

_NODE: Final = "/node_modules/"

ROOTS: Final = (PYTHON_ROOT, "", "usr", NODE_ROOT)
"""The roots that may replace a prefix that is cut off; the last one has what npm installs for all users."""

_STARTS: Final = tuple(join_path(root, "") for root in ROOTS)

# A cross compiler keeps the files of its machine there, under the names that they have on that machine.
_MACHINE: Final = re.compile(r"usr/[a-z0-9_]+(?:-[a-z0-9_]+)+")

_PACKAGES: Final = re.compile(r"(?:^|/)(?:site|dist)-packages(?:/|$)")

# What shows that a folder is the prefix of a Python installation or environment.
_PYTHON_PREFIX: Final = re.compile(
    r"(.+?)/(?:lib(?:64)?/(?:python|pypy)[0-9.]+/site-packages/.|conda-meta/.|pyvenv\.cfg$|bin/activate$)"
)
_SIGNS: Final = ("/site-packages/", "/conda-meta/", "/pyvenv.cfg", "/bin/activate")

_MAX_FOLDERS: Final = 1_500
_MAX_DEPTH: Final = 12
_MAX_MOVES: Final = 16
_PROBE: Final = 200
_SITE: Final = "site-packages"


class Move(NamedTuple):
    """Everything below ``prefix`` was packaged below ``root``."""

    prefix: str
    root: str


def relocate(
    paths: Sequence[str], columns: PathColumns, unknown: NDArray[np.intp], lookup: Lookup
) -> PathColumns | None:
    """Return the columns with relocated files spelled as they were packaged; ``None`` if there are none.

    Parameters
    ----------
    unknown
        Rows of the files that nothing in the catalogue explains at their path, shape ``(u,)``.
    """
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row in unknown.tolist():
        rows[paths[row].rpartition("/")[0]].append(row)
    moved = _node_modules(rows, paths, lookup)
    moves = _moves((folder for folder, members in rows.items() if not moved.keys() >= {*members}), lookup)
    environments = _environments(paths) if any(move.root != PYTHON_ROOT for move in moves) else ()
    for move in moves:
        below = [
            row
            for folder, members in rows.items()
            if f"{folder}/".startswith(f"{move.prefix}/")
            and (move.root == PYTHON_ROOT or not f"{folder}/".startswith(environments))
            for row in members
            if row not in moved
        ]
        moved |= _confirmed(move, below, paths, lookup)
    return _respelled(columns, moved) if moved else None


def _node_modules(rows: Mapping[str, Sequence[int]], paths: Sequence[str], lookup: Lookup) -> dict[int, str]:
    """Return the new spelling of files of packages in ``node_modules``, as deep as these are nested.

    Each application has such a folder, and a package below it one of its own for what it needs in another
    version: too many prefixes to be guessed one by one.
    """
    nested = [row for folder, members in rows.items() if _NODE in f"/{folder}/" for row in members]
    if not nested:
        return {}
    spelled = [f"{NODE_ROOT}{_NODE}{f'/{paths[row]}'.rpartition(_NODE)[2]}" for row in nested]
    return _with_neighbours(nested, spelled, lookup.knows_paths(normalise_all(spelled).keys))


def _environments(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the prefixes of Python installations that no distribution owns, each with a slash."""
    everything = "\n".join(paths)
    there = [sign for sign in _SIGNS if sign in everything]
    telling = (path for sign in there for path in paths if sign in path)
    found = {match.group(1) for path in telling if (match := _PYTHON_PREFIX.match(path))}
    return tuple(sorted(f"{prefix}/" for prefix in found if prefix.rpartition("/")[2] != "usr"))


def _moves(folders: Iterable[str], lookup: Lookup) -> list[Move]:
    """Return the moves that folders suggest, those with most votes first."""
    places: dict[str, None] = {}
    for folder in folders:
        _ancestors(folder, places)
        if len(places) > _MAX_FOLDERS:
            break
    prefixes, spelled = _guesses(places)
    if not prefixes:
        return []
    hashes = np.array([hash_text(text) for text in spelled], np.uint64)
    votes: defaultdict[Move, int] = defaultdict(int)
    known = lookup.knows_folders(hashes)
    for guess in np.flatnonzero(known).tolist():
        votes[Move(prefixes[guess // len(ROOTS)], ROOTS[guess % len(ROOTS)])] += 1
    for place in places:
        head, _, last = place.rpartition("/")
        if last == "usr" and head:
            votes[Move(head, "")] += 1
    return sorted(votes, key=lambda move: (-votes[move], move))[:_MAX_MOVES]


def _ancestors(folder: str, places: dict[str, None]) -> None:
    while folder and folder not in places:
        places[folder] = None
        folder = folder.rpartition("/")[0]


def _guesses(places: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return prefixes that may be cut off, and the spellings of the rest below every root."""
    prefixes: list[str] = []
    spelled: list[str] = []
    for place in places:
        cut = place.find("/")
        if cut < 0 or place.count("/") >= _MAX_DEPTH or _PACKAGES.search(place):
            continue
        while cut >= 0:
            if not _MACHINE.fullmatch(place, 0, cut):
                prefixes.append(place[:cut])
                rest = place[cut + 1 :]
                spelled += [start + rest for start in _STARTS]
            cut = place.find("/", cut + 1)
    return prefixes, spelled


def _confirmed(move: Move, rows: list[int], paths: Sequence[str], lookup: Lookup) -> dict[int, str]:
    """Return the new spelling of rows, if enough of them are known under it."""
    if len(rows) > 2 * _PROBE and not _known(move, rows[:: len(rows) // _PROBE], paths, lookup)[1].any():
        return {}
    spelled, known = _known(move, rows, paths, lookup)
    if known.sum() < 2 and not (known.sum() == 1 and len(rows) == 1 and move.root == PYTHON_ROOT):
        return {}
    return _with_neighbours(rows, spelled, known)


def _with_neighbours(rows: Sequence[int], spelled: Sequence[str], known: NDArray[np.bool_]) -> dict[int, str]:
    """Return the spelling of those rows that are known under it, or lie in a folder with one that is."""
    folders = {spelled[place].rpartition("/")[0] for place in np.flatnonzero(known).tolist()}
    return {
        row: text
        for row, text, hit in zip(rows, spelled, known.tolist(), strict=True)
        if hit or text.rpartition("/")[0] in folders
    }


def _known(
    move: Move, rows: list[int], paths: Sequence[str], lookup: Lookup
) -> tuple[list[str], NDArray[np.bool_]]:
    """Return rows spelled as before a move, and which of them the catalogue knows, shape ``(len(rows),)``."""
    root = _SITE if move.root == PYTHON_ROOT else move.root
    cut = len(move.prefix) + 1
    spelled = [f"{root}/{paths[row][cut:]}".lstrip("/") for row in rows]
    keys = normalise_all(spelled).keys
    return spelled, lookup.knows_paths(keys)


def _respelled(columns: PathColumns, moved: dict[int, str]) -> PathColumns:
    rows = np.fromiter(moved, np.intp, len(moved))
    new = normalise_all(list(moved.values()))
    keys, kinds, derived = columns.keys.copy(), columns.kinds.copy(), columns.derived.copy()
    system, folder_of = columns.system.copy(), columns.folder_of.copy()
    keys[rows], kinds[rows], derived[rows], system[rows] = new.keys, new.kinds, new.derived, new.system
    folder_of[rows] = new.folder_of + np.uint32(len(columns.folders))
    return PathColumns(keys, kinds, derived, system, folder_of, columns.folders + new.folders)
