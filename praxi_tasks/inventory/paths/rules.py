"""The kinds of paths that name packages; a new one is added here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from praxi_tasks.inventory.claim import VersionText
from praxi_tasks.inventory.paths import eggs, java, libraries, node, python, r
from praxi_tasks.inventory.paths.path_name import PathName, PathRule

RULES: Final[tuple[PathRule, ...]] = (python.RULE, eggs.RULE, node.RULE, r.RULE, java.RULE, libraries.RULE)


def name_by_paths(files: Iterable[str], texts: Iterable[VersionText] = ()) -> Iterator[PathName]:
    """Yield the packages that paths name.

    Parameters
    ----------
    files
        The places of the regular files of an image that nothing else explains, without a leading slash.
    texts
        What its version files say.
    """
    paths, said = sorted(files), {text.path: text for text in texts}
    for rule in RULES:
        yield from rule.find(paths, said)
