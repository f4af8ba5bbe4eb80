"""The layers of an audit's images as its report lists them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from praxi_tasks.audit.report import ReportedLayer, ReportedRelease, Source
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.findings.packages import claim_purl, release_purl
from praxi_tasks.inventory import Claim, Distribution
from praxi_tasks.printable import printable


class _Below(msgspec.Struct, frozen=True):
    """What the layers under a layer established: claims by database, and the distribution."""

    claims: frozenset[tuple[str, str, str, str]] = frozenset()
    distribution: Distribution | None = None


class LayerStack:
    """Collects the report's layers; the lower layers that several images share are listed once.

    A layer that touches a package database carries the whole database, so a claim belongs to the layer
    that made it first and is left out of those above. A reported layer therefore depends on the layers below
    it: it is identified by what OCI calls the chain ID.
    """

    def __init__(self, stored: StoredLayers) -> None:
        self._stored = stored
        self._chains: dict[tuple[int, str], int] = {}
        self._below: list[_Below] = []
        self.layers: list[ReportedLayer] = []

    def add(self, digests: Iterable[str]) -> tuple[int, ...]:
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
                self._chains[chain] = self._append(digest, self._below[parent] if parent >= 0 else _Below())
            parent = self._chains[chain]
            numbers.append(parent)
        return tuple(numbers)

    def _append(self, digest: str, below: _Below) -> int:
        prediction, inventory = self._stored.prediction(digest), self._stored.inventory(digest)
        distribution = inventory.distribution or below.distribution
        fresh = [claim for claim in inventory.claims if _identity(claim) not in below.claims]
        layer = ReportedLayer(
            digest=digest,
            releases=(*_predicted(prediction), *_claimed(fresh, distribution)),
            unexplained=prediction.unexplained,
        )
        # A thousand layers that claim nothing new share one set.
        claims = below.claims.union(map(_identity, fresh)) if fresh else below.claims
        self._below.append(_Below(claims, distribution))
        self.layers.append(layer)
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
            evidence=(printable(claim.database),),
        )
