"""The lock files that a container of an image would see, and what they declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Final

from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.packages import Declaration, claim_purl
from praxi_tasks.inventory import Inventory
from praxi_tasks.printable import printable

_BETWEEN: Final = ": "


def find_declarations(
    inventories: Iterable[Inventory], tree: FileTree, owned: Set[str]
) -> Iterator[Declaration]:
    """Yield each lock file that no later layer removed or replaced.

    One that a package brought tells with what its developers worked, and nothing of the image.

    Parameters
    ----------
    inventories
        Of all layers, bottom first.
    tree
        The image's files.
    owned
        The places of the files that packages list.
    """
    for number, inventory in enumerate(inventories):
        packages: dict[str, dict[str, None]] = {}
        for claim in inventory.declared:
            packages.setdefault(claim.database, {})[claim_purl(claim, None)] = None
        problems: dict[str, str] = {}
        for line in inventory.declared_problems:
            path, _, problem = line.partition(_BETWEEN)
            problems.setdefault(path, problem)
        for path in sorted({*packages, *problems}):
            if tree.layer_of(path) == number and tree.place(path) not in owned:
                found = tuple(packages.get(path, ()))
                where = printable(path)
                yield Declaration(where, inventory.digest, len(found), found, problems.get(path, ""))
