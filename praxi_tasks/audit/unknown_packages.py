"""Packages an audit met that the model does not know: what the training Dag is asked to learn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.image_claims import ClaimSize, ImageClaims
from praxi_tasks.audit.image_limits import ImageLimits
from praxi_tasks.audit.recent import Recent
from praxi_tasks.audit.recognisable import recognisable
from praxi_tasks.discovery import LayerPrediction, ReleasePrediction
from praxi_tasks.findings.packages import claim_purl
from praxi_tasks.inventory import Claim, Inventory
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.store import Store, documents, keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from praxi_tasks.discovery import Model

__all__ = ["NewPackage", "new_packages"]

_REMEMBERED_BYTES: Final = 48 << 20
_NO_SUITES: Final[Mapping[str, str]] = {}


def new_packages(
    images: Iterable[Sequence[str]],
    store: Store,
    model: Model,
    on_inventory: Callable[[Inventory], None] = lambda _: None,
    suites: Mapping[str, str] = _NO_SUITES,
) -> tuple[NewPackage, ...]:
    """Return what there is to learn from some images' layers, by package URL.

    That is every release that their databases claim, that has files of its own and that ``model`` does not
    know, and, without a version, every package that no database claims and whose files are those of no
    version that the model knows. Copies within another package are part of that: it is asked for, and they
    are not. Trained on both, a model is too sure of which of them is there.

    Layers that were not read are passed over: their images have failed. So is a layer of which something
    can't be used, from there on; the report says what became of its image. What is over the limits on an
    image is not asked for.

    Parameters
    ----------
    images
        The digests of each one's layers, bottom first.
    on_inventory
        Called with each layer's inventory, so that nobody has to read them again.
    suites
        Those that layers were predicted as being of, by digest.
    """
    claims: dict[str, Claim] = {}
    layers: defaultdict[str, set[str]] = defaultdict(set)
    claimed: set[tuple[str, str]] = set()
    found: dict[str, None] = {}

    def take(digest: str, inventory: Inventory) -> None:
        on_inventory(inventory)
        claimed.update((claim.ecosystem, claim.name) for claim in inventory.claims)
        for claim in recognisable(inventory.claims):
            if not model.knows(claim.ecosystem, claim.name, claim.version):
                purl = claim_purl(claim, inventory.distribution)
                claims[purl] = claim
                layers[purl].add(digest)

    read = Recent(partial(_inventory, store), lambda one: ClaimSize.of(one).memory, _REMEMBERED_BYTES)
    bounded = ImageClaims(ImageLimits.from_environment(), read)
    for digests in images:
        if new := [digest for digest in digests if digest not in found]:
            for digest, inventory in bounded.some_of(digests, new).items():
                attempt(partial(take, digest, inventory), digest)
            found.update(dict.fromkeys(new))
    unnamed = (
        each for each in _of_unknown_version(found, store, model, suites) if each.identity[:2] not in claimed
    )
    named = (
        NewPackage(purl, claim.ecosystem, claim.name, claim.version, tuple(sorted(layers[purl])))
        for purl, claim in claims.items()
    )
    return tuple(sorted((*named, *unnamed), key=lambda package: package.purl))


def _inventory(store: Store, digest: str) -> Inventory:
    """Return a layer's inventory; an empty one where there is none that can be read."""
    key = keys.layer_inventory(digest)
    found = attempt(lambda: Inventory.from_bytes(store.get(key)) if store.exists(key) else None, digest)
    return found if isinstance(found, Inventory) else Inventory(digest)


def _of_unknown_version(
    digests: Iterable[str], store: Store, model: Model, suites: Mapping[str, str]
) -> Iterable[NewPackage]:
    """Yield packages, once each, whose versions the model knows, recognised in some layer as none of them."""
    seen: set[tuple[str, str]] = set()
    for digest in digests:
        found = attempt(partial(_predicted, digest, store, model, suites.get(digest, "")), digest)
        for release in () if isinstance(found, Failure) else found:
            identity = release.ecosystem, release.name
            if identity not in seen and not release.versions and not model.knows(*identity, ""):
                seen.add(identity)
                yield NewPackage(f"pkg:{release.ecosystem}/{release.name}", *identity, "")


def _predicted(digest: str, store: Store, model: Model, suite: str) -> tuple[ReleasePrediction, ...]:
    key = keys.layer_prediction(digest, model.cache_key, suite)
    return documents.read(store, key, LayerPrediction).releases if store.exists(key) else ()
