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

Resolver = Callable[[DeployedImage], tuple[Image, tuple[str, ...]]]


class PlannedLayer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A layer that some image of the plan has; ``size`` is compressed bytes.

    ``batch`` is the number of the batch that reads it, or -1 if the store knows it already. ``image`` is
    the index of an image that it can be read from; ``urls`` are other places that have it, ``data`` is the
    layer itself where the image's manifest holds it.
    """

    digest: str
    size: int
    media_type: str
    image: int
    batch: int = CACHED
    urls: tuple[str, ...] = ()
    data: bytes = b""

    @property
    def descriptor(self) -> Descriptor:
        """The layer as its manifest names it."""
        return Descriptor(self.media_type, self.digest, self.size, self.urls, self.data)


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
    layers: dict[str, PlannedLayer] = {}
    for number, image in enumerate(images):
        for layer in image.layers if image else ():
            if layer.digest not in layers:
                layers[layer.digest] = PlannedLayer(
                    layer.digest, layer.size, layer.media_type, number, urls=layer.urls, data=layer.data
                )
    return list(layers.values())


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
