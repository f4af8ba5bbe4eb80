"""The layers of an audit's images as its report lists them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from praxi_tasks.audit.report import ReportedLayer, ReportedRelease, Source
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.findings.packages import claim_purl, release_purl
from praxi_tasks.inventory import Claim, Distribution, Inventory
from praxi_tasks.printable import printable

_Identity: TypeAlias = tuple[str, str, str, str]


class _Layer(msgspec.Struct, frozen=True):
    """What a layer adds to those under it: claims that are new, and the distribution that is known then."""

    parent: int
    claims: tuple[_Identity, ...]
    distribution: Distribution | None


class LayerStack:
    """Collects the report's layers; the lower layers that several images share are listed once.

    A layer that touches a package database carries the whole database, so a claim belongs to the layer
    that made it first and is left out of those above. A reported layer therefore depends on the layers below
    it: it is identified by what OCI calls the chain ID.
    """

    def __init__(self, stored: StoredLayers) -> None:
        self._stored = stored
        self._chains: dict[tuple[int, str], int] = {}
        self._added: list[_Layer] = []
        self.layers: list[ReportedLayer] = []

    def add(self, digests: Sequence[str]) -> tuple[int, ...]:
        """Return the indexes in ``layers`` of an image's layers.

        Raises
        ------
        KeyNotFoundError
            If a layer was not read, or not predicted with this model.
        """
        numbers = self._known(digests)
        if len(numbers) == len(digests):
            return tuple(numbers)
        parent = numbers[-1] if numbers else -1
        claimed = self._claimed(parent)
        layers = list(zip(digests, self._stored.inventories(digests), strict=True))
        for digest, inventory in layers[len(numbers) :]:
            chain = parent, digest
            parent = self._append(digest, inventory, parent, claimed)
            self._chains[chain] = parent
            numbers.append(parent)
        return tuple(numbers)

    def _known(self, digests: Sequence[str]) -> list[int]:
        """Return the indexes of the lower layers that another image has as well."""
        numbers: list[int] = []
        for digest in digests:
            number = self._chains.get((numbers[-1] if numbers else -1, digest))
            if number is None:
                break
            numbers.append(number)
        return numbers

    def _claimed(self, number: int) -> set[_Identity]:
        """Return what a layer and those under it claim: to keep that of each layer takes too much room."""
        claimed: set[_Identity] = set()
        while number >= 0:
            claimed.update(self._added[number].claims)
            number = self._added[number].parent
        return claimed

    def _append(self, digest: str, inventory: Inventory, parent: int, claimed: set[_Identity]) -> int:
        """Add a layer and its claims, which ``claimed`` has afterwards."""
        prediction = self._stored.prediction(digest)
        below = self._added[parent].distribution if parent >= 0 else None
        distribution = inventory.distribution or below
        fresh = [claim for claim in inventory.claims if _identity(claim) not in claimed]
        layer = ReportedLayer(
            digest=digest,
            releases=(*_predicted(prediction), *_claimed(fresh, distribution)),
            unexplained=prediction.unexplained,
        )
        added = tuple(dict.fromkeys(map(_identity, fresh)))
        claimed.update(added)
        self._added.append(_Layer(parent, added, distribution))
        self.layers.append(layer)
        return len(self.layers) - 1


def _identity(claim: Claim) -> _Identity:
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
            same_as=release.same_as,
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
