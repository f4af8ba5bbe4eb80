"""Imports that records may have installed which list no files, as the ``.egg-info`` files of distutils."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.findings.image.claim_history import TrackedClaim
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.inventory import IMPORT, PathName

_MOST: Final = 3
"""Imports of other names that one record is thought to have installed."""
_LONG: Final = 4
"""Letters that two names have to share."""


def without_unlisted(
    named: Sequence[PathName], claims: Iterable[TrackedClaim], tree: FileTree
) -> list[PathName]:
    """Leave out what is most likely of a record in the same folder that lists no files.

    That are an import of which nothing tells the project, as long as there are few, and a project that is
    told by an import whose name is a part of the record's: ``Crypto`` beside ``pycrypto`` tells of no other.

    Parameters
    ----------
    named
        What paths name and nothing else explains.
    claims
        What records claim, in any layer.
    """
    records = _unlisted(claims, tree)
    if not records:
        return list(named)
    imports = Counter(posixpath.dirname(one.root) for one in named if one.relation == IMPORT)

    def is_known(found: PathName) -> bool:
        folder = posixpath.dirname(found.root)
        names = records.get(folder, ())
        if found.relation == IMPORT:
            return bool(names) and imports[folder] <= _MOST * len(names)
        return found.ecosystem == PYPI.purl_type and any(_alike(found.root, name) for name in names)

    return [found for found in named if not is_known(found)]


def _unlisted(claims: Iterable[TrackedClaim], tree: FileTree) -> dict[str, list[str]]:
    """Return the names of the present records without files, by the folder of packages."""
    found: dict[str, list[str]] = {}
    for tracked in claims:
        claim = tracked.claim
        if claim.ecosystem == PYPI.purl_type and not claim.files and tracked.dropped is None and tracked.home:
            home = tree.place(f"{tracked.home}/.").removesuffix("/.")
            found.setdefault(home, []).append(claim.name)
    return found


def _alike(root: str, name: str) -> bool:
    imported = posixpath.basename(root).removesuffix(".py").lower()
    short, long = sorted((imported, name.replace("-", "_")), key=len)
    return len(short) >= _LONG and short in long
