"""Packages an audit met that the model does not know: what the training Dag is asked to learn."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from praxi_tasks.findings.purl import claim_purl
from praxi_tasks.fingerprint.inventory import Claim, Inventory
from praxi_tasks.learning.requests import NewPackage
from praxi_tasks.store import Store, keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from praxi_tasks.discovery.model import Model

__all__ = ["NewPackage", "new_packages"]


def new_packages(digests: Iterable[str], store: Store, model: Model) -> tuple[NewPackage, ...]:
    """Return the releases that the layers' databases claim and ``model`` does not know, by package URL.

    Layers that were not read are passed over: their images have failed.
    """
    claims: dict[str, Claim] = {}
    layers: defaultdict[str, set[str]] = defaultdict(set)
    for digest in digests:
        key = keys.layer_inventory(digest)
        inventory = Inventory.from_bytes(store.get(key)) if store.exists(key) else Inventory(digest)
        for claim in inventory.claims:
            if not model.knows(claim.ecosystem, claim.name, claim.version):
                purl = claim_purl(claim, inventory.distribution)
                claims[purl] = claim
                layers[purl].add(digest)
    return tuple(
        NewPackage(purl, claim.ecosystem, claim.name, claim.version, tuple(sorted(layers[purl])))
        for purl, claim in sorted(claims.items())
    )
