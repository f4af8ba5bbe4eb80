"""The plan of an audit: which layers each image has, which are known, and who reads the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from praxi_tasks.audit.bases import find_bases
from praxi_tasks.audit.batches import pack
from praxi_tasks.audit.deployed import DeployedImage
from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.isolation import workers
from praxi_tasks.oci.image import Descriptor, Image
from praxi_tasks.store import Store, keys

logger = logging.getLogger(__name__)

CACHED: Final = -1
_WORKERS: Final = 16
_MOST_OTHERS: Final = 15
"""Other places of a layer that a plan names: most images of a cluster share their base's layers."""

Resolver = Callable[[DeployedImage], tuple[Image, tuple[str, ...]]]


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a layer can be read, and what is said of it there.

    ``image`` is the index of an image that has it, ``size`` is compressed bytes; ``urls`` are other places
    that have it, ``data`` is the layer itself where the image's manifest holds it.
    """

    size: int
    media_type: str
    image: int
    urls: tuple[str, ...] = ()
    data: bytes = b""


class PlannedLayer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A layer that some image of the plan has, as the first of these says; see :class:`Place`.

    ``batch`` is the number of the batch that reads it, or -1 if the store knows it already. ``others`` are
    places to read it from where the first image's does not give it: its registry may refuse or be broken,
    and its manifest may be wrong about the layer.
    """

    digest: str
    size: int
    media_type: str
    image: int
    batch: int = CACHED
    urls: tuple[str, ...] = ()
    data: bytes = b""
    others: tuple[Place, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it can be read, in the order to try them."""
        return Place(self.size, self.media_type, self.image, self.urls, self.data), *self.others

    def descriptor(self, place: Place | None = None) -> Descriptor:
        """Return the layer as the manifest of a place names it, by default of the first."""
        place = place or self.places[0]
        return Descriptor(place.media_type, self.digest, place.size, place.urls, place.data)


class PlannedImage(msgspec.Struct, frozen=True, omit_defaults=True):
    """An image of the plan; ``layers`` are indexes into the plan's, bottom first.

    ``commands`` are indexes into the plan's lines of histories, one for each layer; none where they are not
    known. ``base`` is what the image was built on. ``failure`` says why the image could not be found; then it
    has no layers.
    """

    deployed: DeployedImage
    digest: str = ""
    platform: str = ""
    layers: tuple[int, ...] = ()
    commands: tuple[int, ...] = ()
    base: BaseImage | None = None
    cached: bool = False
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None


class Plan(msgspec.Struct, frozen=True):
    """What an audit will do. Layers and commands that images share stand once.

    ``batches`` counts the batches; ``commands`` are lines of images' histories.
    """

    images: tuple[PlannedImage, ...]
    layers: tuple[PlannedLayer, ...]
    batches: int
    forced: bool = False
    interval: str = ""
    commands: tuple[str, ...] = ()

    def batch(self, number: int) -> tuple[PlannedLayer, ...]:
        """Return the layers one batch reads."""
        return tuple(layer for layer in self.layers if layer.batch == number)

    def digests_of(self, image: PlannedImage) -> list[str]:
        """Return the digests of an image's layers, bottom first."""
        return [self.layers[number].digest for number in image.layers]

    @property
    def layer_sizes(self) -> dict[str, int]:
        """Compressed bytes by the layers' digests."""
        return {layer.digest: layer.size for layer in self.layers}

    def commands_of(self, image: PlannedImage) -> tuple[str, ...]:
        """Return the line of each of an image's layers, bottom first."""
        return tuple(self.commands[number] for number in image.commands)


class BatchLimits(msgspec.Struct, frozen=True):
    """How work is cut: batches of about ``target_bytes`` of compressed layers, ``most`` of them at most."""

    target_bytes: int = 256 * 1024 * 1024
    most: int = 1024


def make_plan(
    deployed: Sequence[DeployedImage],
    resolve: Resolver,
    store: Store,
    *,
    limits: BatchLimits | None = None,
    force: bool = False,
    interval: str = "",
) -> Plan:
    """Resolve the images, look up what the store knows, and pack the rest into batches.

    An image that can't be resolved is in the plan with its failure, and the others go on.

    Parameters
    ----------
    resolve
        Finds the image and what its reader should know; raises PraxiError.
    force
        Read every layer again, known or not.
    interval
        What the audit covers, for its report.
    """
    with ThreadPoolExecutor(workers(_WORKERS)) as pool:
        results = list(pool.map(lambda image: attempt(lambda: resolve(image), image.pinned), deployed))
    found = [None if isinstance(result, Failure) else result[0] for result in results]
    layers = _distinct_layers(found)
    index = {layer.digest: number for number, layer in enumerate(layers)}
    known = set() if force else _known(layers, store)
    layers, batches = _assign(layers, known, limits or BatchLimits())
    commands = {line: number for number, line in enumerate(dict.fromkeys(_lines(found)))}
    pairs = zip(deployed, found, strict=True)
    named = [(one.image, image) if image else None for one, image in pairs]
    bases = attempt(lambda: find_bases(named, store), "the images' bases")
    if isinstance(bases, Failure):
        logger.warning("no image's base is known: %s", bases.message)
        bases = [None] * len(named)
    images = tuple(
        msgspec.structs.replace(
            _planned(one, result, index, known),
            commands=tuple(commands[line] for line in image.commands) if image else (),
            base=base,
        )
        for one, result, image, base in zip(deployed, results, found, bases, strict=True)
    )
    return Plan(images, tuple(layers), batches, force, interval, tuple(commands))


def _lines(images: Iterable[Image | None]) -> Iterator[str]:
    for image in images:
        yield from image.commands if image else ()


def _distinct_layers(images: Iterable[Image | None]) -> list[PlannedLayer]:
    places: dict[str, dict[tuple[str, Place], Place]] = {}
    for number, image in enumerate(images):
        for layer in image.layers if image else ():
            place = Place(layer.size, layer.media_type, number, layer.urls, layer.data)
            same = _repository(image.reference) if image else "", msgspec.structs.replace(place, image=0)
            known = places.setdefault(layer.digest, {})
            if len(known) <= _MOST_OTHERS:
                known.setdefault(same, place)
    return [_planned_layer(digest, *known.values()) for digest, known in places.items()]


def _planned_layer(digest: str, first: Place, *others: Place) -> PlannedLayer:
    return PlannedLayer(
        digest, first.size, first.media_type, first.image, urls=first.urls, data=first.data, others=others
    )


def _repository(reference: str) -> str:
    """Return a reference without its tag and digest: what another image of the same has, is there too."""
    place, slash, name = reference.partition("@")[0].rpartition("/")
    return f"{place}{slash}{name.partition(':')[0]}"


def _known(layers: Sequence[PlannedLayer], store: Store) -> set[str]:

    with ThreadPoolExecutor(_WORKERS) as pool:
        found = pool.map(lambda layer: all(map(store.exists, keys.layer_documents(layer.digest))), layers)
        return {layer.digest for layer, known in zip(layers, found, strict=True) if known}


def _assign(
    layers: Sequence[PlannedLayer], known: set[str], limits: BatchLimits
) -> tuple[list[PlannedLayer], int]:
    missing = [number for number, layer in enumerate(layers) if layer.digest not in known]
    numbers = pack([layers[number].size for number in missing], limits.target_bytes, limits.most)
    placed = list(layers)
    for number, batch in zip(missing, numbers, strict=True):
        placed[number] = msgspec.structs.replace(layers[number], batch=batch)
    return placed, max(numbers, default=-1) + 1


def _planned(
    deployed: DeployedImage,
    result: tuple[Image, tuple[str, ...]] | Failure,
    index: dict[str, int],
    known: set[str],
) -> PlannedImage:
    if isinstance(result, Failure):
        logger.warning("%s: %s", deployed.image, result.message)
        return PlannedImage(deployed=deployed, warnings=deployed.warnings, failure=result)
    image, warnings = result
    return PlannedImage(
        deployed=deployed,
        digest=image.digest,
        platform=str(image.platform),
        layers=tuple(index[layer.digest] for layer in image.layers),
        cached=all(layer.digest in known for layer in image.layers),
        warnings=(*deployed.warnings, *warnings),
    )
