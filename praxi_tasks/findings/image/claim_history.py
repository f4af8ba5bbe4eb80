"""Following what package databases claim through an image's layers: installed, upgraded, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.image.file_tree import LayerChanges, Removal, merged_usr
from praxi_tasks.inventory import Claim, Inventory

_METADATA_FOLDERS: Final = (".dist-info", ".egg-info", "EGG-INFO")
Slot = tuple[str, ...]


@dataclass(frozen=True)
class TrackedClaim:
    """A claim and its life: layer numbers of its first sight and of its end.

    ``dropped`` is the layer in which a database stopped naming it, ``superseded`` says that another
    version took its place there.
    """

    claim: Claim
    first: int
    dropped: int | None = None
    superseded: bool = False


def follow_claims(
    inventories: Sequence[Inventory], layers: Sequence[LayerChanges]
) -> tuple[TrackedClaim, ...]:
    """Follow every claim from the bottom layer up.

    A layer that changes a database carries the whole of it, so what the new one no longer names was
    dropped; lists of files are written once and remembered from below.

    Parameters
    ----------
    inventories, layers
        What each layer's databases claim and what it changes; in the same order, bottom first.
    """
    current: dict[Slot, TrackedClaim] = {}
    ended: list[TrackedClaim] = []
    for number, (inventory, changes) in enumerate(zip(inventories, layers, strict=True)):
        new = {_slot(claim): claim for claim in inventory.claims}
        rewritten = {*inventory.databases, *(claim.database for claim in inventory.claims)}
        removal = Removal(changes)
        if not rewritten and not removal:
            continue
        for slot, tracked in list(current.items()):
            database = tracked.claim.database
            if slot not in new and (database in rewritten or removal.covers(merged_usr(database))):
                ended.append(replace(current.pop(slot), dropped=number))
        for slot, claim in new.items():
            before = current.get(slot)
            if before is not None and before.claim.version != claim.version:
                ended.append(replace(before, dropped=number, superseded=True))
                before = None
            current[slot] = _renewed(before, claim, number)
    return (*current.values(), *ended)


def _renewed(before: TrackedClaim | None, claim: Claim, number: int) -> TrackedClaim:
    if before is None:
        return TrackedClaim(claim, number)
    files = claim.files or before.claim.files
    return replace(before, claim=msgspec.structs.replace(claim, files=files))


def _slot(claim: Claim) -> Slot:
    """Return the place of a claim, which two versions of a package can't hold at once."""
    if ecosystem_of(claim.ecosystem).of_language:
        return (claim.ecosystem, claim.name, _site(claim.database))
    return (claim.ecosystem, claim.name, claim.architecture)


def _site(database: str) -> str:
    """Return the folder that holds a ``dist-info`` or ``egg-info``, an egg's own, or the database itself."""
    parts = database.split("/")
    for position, part in enumerate(parts):
        if part.endswith(_METADATA_FOLDERS):
            return "/".join(parts[:position])
    return database
