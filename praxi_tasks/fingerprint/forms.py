"""What a layer's files are beside size and content: programs, or links that lead to something else."""

from __future__ import annotations

import enum
import posixpath
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.fingerprint.texts import LinkTargets

_ALIKE: Final = 3
_LONGEST: Final = 255  # bytes of a name that Linux takes: more costs time for nothing
_DEVICES: Final = "/dev/"


class Form(enum.IntEnum):
    """What a file is."""

    PLAIN = 0
    """A regular file that no system would run: neither compiled nor a script."""
    PROGRAM = 1
    """A regular file that begins as a program does."""
    LINK = 2
    """A link, symbolic or hard, to a file of a name like its own."""
    OTHER_LINK = 3
    """A link to a file of another name, as those of a program that many commands lead to."""


def forms_of(
    paths: Sequence[str],
    links: Mapping[int, str],
    programs: NDArray[np.uint32],
) -> NDArray[np.uint8]:
    """Return the :class:`Form` of each of some files, shape ``(n,)``.

    Parameters
    ----------
    paths
        Their paths.
    links
        The target of each link by its number.
    programs
        The numbers of files that begin as programs do, ascending, shape ``(k,)``.
    """
    forms = np.zeros(len(paths), np.uint8)
    forms[programs] = Form.PROGRAM
    columns = LinkTargets.of(links)
    for row, target in zip(columns.rows.tolist(), columns.targets, strict=True):
        forms[row] = Form.LINK if are_alike(paths[row], target) else Form.OTHER_LINK
    return forms


def are_alike(path: str, target: str) -> bool:
    """Return whether a link is called like what it leads to: as another version, or for another machine.

    They have three letters in a row in common, or as many as the shorter name has; an ending that both have
    counts for nothing. A target without a name, as ``..``, is like any, and a device like none.

    Examples
    --------
    >>> are_alike("usr/bin/ar", "x86_64-linux-gnu-ar"), are_alike("usr/bin/ls", "/bin/busybox")
    (True, False)
    """
    name, other = posixpath.basename(path)[:_LONGEST], posixpath.basename(target.rstrip("/"))[:_LONGEST]
    if target.startswith(_DEVICES):
        return False
    if not other.strip("."):
        return True
    stem, ending = posixpath.splitext(name)
    if ending and other.endswith(ending) and other != ending:
        name, other = stem, other.removesuffix(ending)
    length = min(_ALIKE, len(name), len(other))
    return any(name[start : start + length] in other for start in range(len(name) - length + 1))
