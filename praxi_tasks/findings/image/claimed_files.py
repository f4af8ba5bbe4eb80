"""Which files of an image package databases list, and where those went that are not where lists say."""

from __future__ import annotations

from collections.abc import Iterable

from praxi_tasks.findings.image.claim_history import TrackedClaim, claimed_places
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.inventory import Inventory, Placement


def joined_placement(inventories: Iterable[Inventory]) -> Placement:
    """Return where files went, as all layers tell together.

    What a lower layer tells holds for what was installed there, also where a later one takes it back.
    """
    told = [inventory.placement for inventory in inventories if inventory.placement]
    return Placement(
        diversions=tuple(diversion for one in told for diversion in one.diversions),
        rules=tuple(dict.fromkeys(rule for one in told for rule in one.rules)),
    )


def claimed_files(claims: Iterable[TrackedClaim], tree: FileTree, placement: Placement) -> frozenset[str]:
    """Return the places of all files that any database lists, and of those that were diverted."""
    listed = claimed_places(claims, tree)
    diverted = (to for what, to, _ in placement.diversions if tree.place(what) in listed)
    return tree.same_files(listed.union(map(tree.place, diverted)))
