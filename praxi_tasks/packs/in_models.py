"""Packs in models: which a model has, and a model with others. No part is read, and none is copied twice."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from praxi_tasks.discovery import Manifest, Pack, PartPool, open_bundle, save_manifest
from praxi_tasks.packs.stored import NamedPack


def packs_of_model(uri: str) -> list[NamedPack]:
    """Return the packs of the model at ``uri``, in its order.

    Raises
    ------
    ModelError
        If there is no model, or its manifest is damaged.
    """
    manifest, pool = open_bundle(uri)
    return [NamedPack(pack, pool) for pack in manifest.packs]


def with_packs(base: str, packs: Sequence[Pack]) -> Manifest:
    """Return the manifest of the model at ``base`` with packs added, or replaced where it has them."""
    manifest = open_bundle(base).manifest
    by_name = {pack.name: pack for pack in (*manifest.packs, *packs)}
    return msgspec.structs.replace(manifest, packs=tuple(by_name.values()))


def use_packs(base: str, packs: Sequence[NamedPack], to: str, pool: str = "") -> Manifest:
    """Write a model at ``to`` that is the one at ``base`` with packs, and return its manifest.

    Scorer and experts are the base's: they decide by measured evidence, whichever pack it is of.

    Parameters
    ----------
    pool
        The URI of the folder that has its parts, which other models share; by default one of its own.

    Raises
    ------
    ModelError
        If there is no model at ``base``, or a part is missing, truncated or altered.
    """
    manifest = with_packs(base, [named.pack for named in packs])
    pools = [open_bundle(base).pool, *(named.pool for named in packs)]
    target = PartPool(pool or f"{to}/parts")
    for part in manifest.all_parts:
        if not target.has(part):
            source = next((each for each in pools if each.has(part)), pools[0])
            target.put(part, source.map(part))
    return save_manifest(to, manifest, pool)
