"""Knowledge packs: what is known of a suite or an ecosystem, shared between models and sites.

A pack's manifest lies in the store under its name, its parts in the pool that models of the store use as
well. Between sites a pack travels as an OCI artifact, signed if they want.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.packs.artifact import ARTIFACT_TYPE
    from praxi_tasks.packs.in_models import packs_of_model, use_packs, with_packs
    from praxi_tasks.packs.progress import Moved, Watcher
    from praxi_tasks.packs.stored import (
        NamedPack,
        check_name,
        list_packs,
        pack_names,
        read_pack,
        shared_pool,
        store_pack,
    )
    from praxi_tasks.packs.transfer import OCI, pull_pack, push_pack
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "artifact": ("ARTIFACT_TYPE",),
            "in_models": ("packs_of_model", "use_packs", "with_packs"),
            "progress": ("Moved", "Watcher"),
            "stored": (
                "NamedPack",
                "check_name",
                "list_packs",
                "pack_names",
                "read_pack",
                "shared_pool",
                "store_pack",
            ),
            "transfer": ("OCI", "pull_pack", "push_pack"),
        },
    )

__all__ = [
    "ARTIFACT_TYPE",
    "Moved",
    "NamedPack",
    "OCI",
    "Watcher",
    "check_name",
    "list_packs",
    "pack_names",
    "packs_of_model",
    "pull_pack",
    "push_pack",
    "read_pack",
    "shared_pool",
    "store_pack",
    "use_packs",
    "with_packs",
]
