"""Packages whose files in a layer can be no package's: too short, no programs, or links to something else.

Where contents are known they are compared. Where a path is all that is known, a command that no system could
run still shows that it is none, as does a library of a hundred bytes, a tree of empty files, or a link to a
program that many commands lead to. Links have no content that could be compared: one to a file of another
name is of a package that is known to install a link there, and of no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.layer_catalogue import LayerCatalogue
from praxi_tasks.discovery.matching import LayerKeys, Matches
from praxi_tasks.discovery.tokens import in_sorted
from praxi_tasks.fingerprint import Form, PathKind, Tagset

LEAST_PROGRAM: Final = 256
"""In bytes, of the longest file of a package that has nothing but commands.

Of 772 packages of Debian 12 five have scripts alone, the shortest of 454 bytes. Shorter ones lie beside
others of their package, or beside what they call.
"""

LEAST_LIBRARY: Final = 1000
"""In bytes, of a library with a version in its name. One without may be a linker's script."""

_RUNNING: Final = re.compile(r"(?:^|/)(?:s?bin|games|lib(?:/@machine)?)\Z")
_PROGRAM: Final = re.compile(r"(?:^|/)(?:s?bin|games)/[^/]+\Z")
_LIBRARY: Final = re.compile(r"\.so\.[0-9][^/]*\Z")
_OFTEN_EMPTY: Final = re.compile(r"(?:^|/)(?:__init__\.pyi?|py\.typed|REQUESTED|\.[^/]*)\Z")


def hollow_candidates(
    tagset: Tagset,
    layer: LayerKeys,
    matches: Matches,
    packages: NDArray[np.intp],
    compared: Collection[int],
    catalogue: LayerCatalogue,
) -> NDArray[np.bool_]:
    """Return which candidates have no file that could be of a package, shape ``(n,)``.

    Links to a file of a like name and files of unknown size show nothing, nor does one that is often empty.
    Metadata alone may be left of what is gone.

    Parameters
    ----------
    packages
        The candidates: package numbers, ascending, shape ``(n,)``.
    compared
        Those of them whose files are compared with known contents. Only links can show that these are hollow.
    catalogue
        What is known of the packages.
    """
    measured = (tagset.measured & ~tagset.normalised.derived)[layer.rows]
    diverted = _of_form(tagset, Form.OTHER_LINK)[layer.rows]
    hollow, silent = _judged(tagset, layer, measured)
    place = np.searchsorted(packages, matches.packages)
    open_ = ~np.isin(packages, list(compared))
    none = np.bincount(place, (hollow | diverted)[matches.keys], len(packages))
    some = np.bincount(place, (measured & ~hollow & ~silent & ~diverted)[matches.keys], len(packages))
    metadata = tagset.normalised.kinds[layer.rows[matches.keys]] == PathKind.METADATA
    code = np.bincount(place, ~metadata, len(packages))
    found = np.asarray(
        ((none > 0) & (some == 0) & open_) | ((code == 0) & (catalogue.expected[packages] > 0))
    )
    linked = _of_form(tagset, Form.LINK)[layer.rows] | diverted
    alone = np.bincount(place, linked[matches.keys], len(packages)) == np.bincount(
        place, minlength=len(packages)
    )
    for at in np.flatnonzero(~open_ & alone).tolist():
        own = matches.keys[place == at]
        contents = catalogue.known_of(int(packages[at]))[-1].contents
        found[at] = not _may_be_links(layer.keys[own], diverted[own], contents)
    return found


def _of_form(tagset: Tagset, form: Form) -> NDArray[np.bool_]:
    """Return which files are known to have a form, shape ``(files,)``."""
    return tagset.forms == form if len(tagset.forms) else np.zeros(len(tagset), np.bool_)


def _may_be_links(keys: NDArray[np.uint64], diverted: NDArray[np.bool_], contents: PackageContents) -> bool:
    """Return whether a package may have links at some paths and nothing else, shape ``(n,)`` both.

    One that has links alone may, if most are there or lead to files of like names: nothing is known of their
    contents. For a file of one that has some a link to a file of a like name may stand.
    """
    is_link = (contents.sizes == 0) & (contents.hashes == 0)
    links = np.unique(contents.keys[is_link & contents.core])
    if is_link[contents.core].all():
        return bool((~diverted).any() or 2 * in_sorted(links, keys).sum() >= len(links))
    return bool(2 * (~diverted & ~in_sorted(links, keys)).sum() >= len(keys))


def _judged(
    tagset: Tagset, layer: LayerKeys, measured: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which of a layer's keys have a file that is none of its kind, and an empty one that may be."""
    hollow, silent = np.zeros((2, len(layer.keys)), np.bool_)
    plain = _plain(tagset)[layer.rows]
    asked = np.flatnonzero(measured & (plain | (tagset.sizes[layer.rows] < LEAST_LIBRARY)))
    for at, row in zip(asked.tolist(), layer.rows[asked].tolist(), strict=True):
        path, size = tagset.paths[row], int(tagset.sizes[row])
        hollow[at] = _is_hollow(path, size, is_plain=bool(plain[at]))
        silent[at] = not size and _OFTEN_EMPTY.search(path) is not None
    return hollow, silent


def _plain(tagset: Tagset) -> NDArray[np.bool_]:
    """Return which files are no programs and lie where programs and libraries do, shape ``(files,)``."""
    plain = _of_form(tagset, Form.PLAIN)
    if not plain.any():
        return plain
    columns = tagset.normalised
    running = np.fromiter((_RUNNING.search(each) is not None for each in columns.folders), np.bool_)
    return np.asarray(plain & running[columns.folder_of])


def _is_hollow(path: str, size: int, *, is_plain: bool) -> bool:
    """Return whether a file is shorter than any of its kind, or none that could be run or loaded."""
    if _PROGRAM.search(path):
        return size < LEAST_PROGRAM or is_plain
    if _LIBRARY.search(path):
        return size < LEAST_LIBRARY or is_plain
    return not size and not _OFTEN_EMPTY.search(path)
