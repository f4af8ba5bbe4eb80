"""Deletes the parts that no model and no pack of the store names."""

from __future__ import annotations

from praxi_tasks.discovery import MANIFEST, open_bundle
from praxi_tasks.errors import ModelError, PackError
from praxi_tasks.packs import list_packs
from praxi_tasks.retention.age import Age
from praxi_tasks.retention.tally import Tally
from praxi_tasks.store import Store, keys


def prune_parts(store: Store, age: Age, tally: Tally) -> None:
    """Delete old parts that nobody names, with the markers that they are intact.

    A model is written parts first: what was written within the grace period may be named yet. All parts stay
    where a manifest can't be read, for it is not known what that names.
    """
    old = [entry for entry in store.entries(keys.parts()) if entry.modified < age.unnamed]
    try:
        named = named_parts(store) if old else set()
    except (ModelError, PackError) as error:
        tally.leave(f"parts were left: {error}")
        return
    tally.delete("parts", [entry for entry in old if _sha256(entry.key) not in named])


def named_parts(store: Store) -> set[str]:
    """Return the sha256 of all parts that models and packs of a store name.

    Raises
    ------
    ModelError, PackError
        If a manifest is damaged.
    """
    manifests = [key for key in store.list(keys.models()) if key.endswith(f"/{MANIFEST}")]
    named = {part.sha256 for pack in list_packs(store) for part in pack.parts}
    for key in manifests:
        folder = key.removesuffix(f"/{MANIFEST}")
        named |= {part.sha256 for part in open_bundle(f"{store.uri}/{folder}").manifest.all_parts}
    return named


def _sha256(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0]
