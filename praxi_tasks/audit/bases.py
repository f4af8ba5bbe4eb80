"""Which image each image was built on: by its own word, by its layers, or by what it shares with others."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.findings.assessment import image_repository
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.oci.image import Image
from praxi_tasks.printable import printable
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

Named = tuple[str, Image]
"""An image, and the reference by which it was deployed."""


class _Name(msgspec.Struct, frozen=True):
    """What an image that consists of some layers is called, as the store remembers it."""

    name: str
    digest: str


def find_bases(images: Sequence[Named | None], store: Store) -> list[BaseImage | None]:
    """Return the base of each image, and remember the images as bases of others.

    An image's base is the one with most layers, fewer than the image's, of those that it names itself, that
    are in the audit, or that an earlier audit with this store met. Where there is none, it is what the image
    has in common with one of another repository: tags of one repository share layers of their own, too.

    Layers are compared by the digests of their uncompressed content, as a registry may compress them anew.

    Parameters
    ----------
    images
        Those of the audit; None for one that could not be found.
    """
    chains = [chain_ids(one[1]) if one else () for one in images]
    known = _KnownImages(images, chains, store)
    shared = _SharedLayers(images, chains)
    return [
        _longest(known.declared(one[1], chain), known.below(chain), shared.base(one[0], chain))
        if one
        else None
        for one, chain in zip(images, chains, strict=True)
    ]


def chain_ids(image: Image) -> tuple[str, ...]:
    """Return OCI's chain ID of each layer of an image with those below it."""
    ids = image.diff_ids or tuple(layer.digest for layer in image.layers)
    found: list[str] = []
    for each in ids:
        text = f"{found[-1]} {each}" if found else each
        found.append(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")
    return tuple(found)


def _longest(
    declared: BaseImage | None, image: BaseImage | None, shared: BaseImage | None
) -> BaseImage | None:
    """Return the base with most layers; a label may be inherited, and name the base of the base.

    What is only declared, and of which no layer is known, gives its name to the layers that are shared.
    """
    found = max(filter(None, (declared, image)), key=lambda base: base.layers, default=None)
    if found is None or found.layers:
        return found or shared
    return msgspec.structs.replace(found, layers=shared.layers if shared else 0)


class _KnownImages:
    """Images by the layers that they consist of: those of the audit, and those that the store remembers."""

    def __init__(self, images: Sequence[Named | None], chains: Sequence[Sequence[str]], store: Store) -> None:
        self._store = store
        self._chains: dict[str, Sequence[str]] = {}
        stored = (key.rpartition("/")[2].partition(".")[0] for key in store.list(keys.image_chains()))
        self._names: dict[str, _Name | None] = dict.fromkeys(f"sha256:{chain}" for chain in stored)
        pairs = [(one, chain) for one, chain in zip(images, chains, strict=True) if one and chain]
        for (name, image), chain in sorted(pairs, key=lambda pair: pair[0][0]):
            self._chains[image.digest] = self._chains[image.index_digest or image.digest] = chain
            if chain[-1] not in self._names:
                found = self._names[chain[-1]] = _Name(printable(name), image.digest)
                store.put(keys.image_chain(chain[-1]), msgspec.json.encode(found))

    def below(self, chain: Sequence[str]) -> BaseImage | None:
        """Return the image that has most of some layers, but not all of them."""
        for layers in range(len(chain) - 1, 0, -1):
            if chain[layers - 1] in self._names:
                image = self._name(chain[layers - 1])
                return BaseImage(image.name, image.digest, layers, "image")
        return None

    def declared(self, image: Image, chain: Sequence[str]) -> BaseImage | None:
        """Return the base that an image names, with its layers if they are known and the image has them."""
        base = image.base
        if base is None or base.digest in {image.digest, image.index_digest} - {""}:
            return None
        below = self._chain_of(base.digest, str(image.platform))
        has_them = len(below) < len(chain) and chain[: len(below)] == below
        return BaseImage(base.name, base.digest, len(below) if has_them else 0, "declared")

    def _name(self, chain_id: str) -> _Name:
        found = self._names[chain_id]
        if found is None:
            try:
                found = documents.read(self._store, keys.image_chain(chain_id), _Name)
            except CorruptObjectError as error:
                logger.warning("the name of a base image is lost: %s", error)
                found = _Name("", "")
            self._names[chain_id] = found
        return found

    def _chain_of(self, digest: str, platform: str) -> Sequence[str]:
        key = keys.image(digest, platform)
        if digest and digest not in self._chains:
            self._chains[digest] = ()
            try:
                if self._store.exists(key):
                    self._chains[digest] = chain_ids(documents.read(self._store, key, Image))
            except CorruptObjectError as error:
                logger.warning("a base image is passed over: %s", error)
        return self._chains.get(digest, ())


class _SharedLayers:
    """The layers that images of several repositories have in common."""

    def __init__(self, images: Iterable[Named | None], chains: Iterable[Sequence[str]]) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for one, chain in zip(images, chains, strict=True):
            for each in chain if one else ():
                self._counts[each][image_repository(one[0] if one else "")] += 1

    def base(self, name: str, chain: Sequence[str]) -> BaseImage | None:
        """Return the layers that an image shares with one of another repository that is not built on it."""
        mine = image_repository(name)
        built_on_it = self._others(chain[-1], mine) if chain else 0
        for layers in range(len(chain) - 1, 0, -1):
            if self._others(chain[layers - 1], mine) > built_on_it:
                return BaseImage(layers=layers, known_by="shared-layers")
        return None

    def _others(self, chain_id: str, mine: str) -> int:
        counts = self._counts[chain_id]
        return counts.total() - counts[mine]
