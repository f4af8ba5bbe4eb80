"""One image's layers, read from the store bottom up and told as the report tells them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from praxi_tasks.audit.report import ReportedLayer, ReportedRelease, Source
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.findings.packages.purl import claim_purl, release_purl
from praxi_tasks.inventory import Claim, Distribution, Inventory
from praxi_tasks.store import Store, documents, keys


class _Below(msgspec.Struct, frozen=True):
    """What the layers under a layer established: claims by database, and the distribution."""

    claims: frozenset[tuple[str, str, str, str]] = frozenset()
    distribution: Distribution | None = None


class LayerStack:
    """Tells stacks of layers; a prefix that images share is told once.

    A layer that touches a package database carries the whole database, so a claim belongs to the layer
    that made it first: what the layers below claim already is not told again. That makes a layer's story
    depend on the layers below it, which is what OCI calls the chain ID.
    """

    def __init__(self, store: Store, model: str) -> None:
        self._store = store
        self._model = model
        self._chains: dict[tuple[int, str], int] = {}
        self._below: list[_Below] = []
        self.layers: list[ReportedLayer] = []

    def tell(self, digests: Iterable[str]) -> tuple[int, ...]:
        """Return the indexes in ``layers`` of an image's layers.

        Raises
        ------
        KeyNotFoundError
            If a layer was not read, or not predicted with this model.
        """
        numbers = []
        parent = -1
        for digest in digests:
            chain = (parent, digest)
            if chain not in self._chains:
                self._chains[chain] = self._add(digest, self._below[parent] if parent >= 0 else _Below())
            parent = self._chains[chain]
            numbers.append(parent)
        return tuple(numbers)

    def _add(self, digest: str, below: _Below) -> int:
        prediction = documents.read(self._store, keys.layer_prediction(digest, self._model), LayerPrediction)
        inventory = Inventory.from_bytes(self._store.get(keys.layer_inventory(digest)))
        distribution = inventory.distribution or below.distribution
        fresh = [claim for claim in inventory.claims if _identity(claim) not in below.claims]
        self._below.append(_Below(below.claims.union(map(_identity, fresh)), distribution))
        self.layers.append(
            ReportedLayer(
                digest=digest,
                releases=(*_predicted(prediction), *_claimed(fresh, distribution)),
                unexplained=prediction.unexplained,
            )
        )
        return len(self.layers) - 1


def _identity(claim: Claim) -> tuple[str, str, str, str]:
    return claim.ecosystem, claim.name, claim.version, claim.architecture


def _predicted(prediction: LayerPrediction) -> Iterable[ReportedRelease]:
    for release in prediction.releases:
        version = release.versions[0] if len(release.versions) == 1 else ""
        yield ReportedRelease(
            purl=release_purl(release.ecosystem, release.name, version),
            versions=release.versions,
            confidence=round(release.confidence, 4),
            source=Source.FINGERPRINT,
            evidence=release.evidence,
            ties=release.ties,
        )


def _claimed(claims: Iterable[Claim], distribution: Distribution | None) -> Iterable[ReportedRelease]:
    for claim in claims:
        yield ReportedRelease(
            purl=claim_purl(claim, distribution),
            versions=(claim.version,) if claim.version else (),
            confidence=1.0,
            source=Source.INVENTORY,
            evidence=(claim.database,),
        )
