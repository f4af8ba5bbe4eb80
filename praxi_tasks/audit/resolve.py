"""From a deployed image to its layers, asking the registry only for what the store does not know."""

from __future__ import annotations

import msgspec

from praxi_tasks.audit.deployed import CONFIG_DIGEST, MANIFEST_DIGEST, DeployedImage
from praxi_tasks.oci.image import Image, ImageSource, Platform
from praxi_tasks.oci.registry import RegistrySettings, RegistrySource
from praxi_tasks.oci.sources import open_source
from praxi_tasks.store import Store, documents, keys


class ImageResolver:
    """Resolve images for one platform; safe to call from several threads.

    What a digest means never changes, so it is stored and never asked again; a tag is asked every time.
    """

    def __init__(self, store: Store, settings: RegistrySettings, platform: Platform) -> None:
        self._store = store
        self._settings = settings
        self._platform = platform

    def __call__(self, deployed: DeployedImage) -> tuple[Image, tuple[str, ...]]:
        """Return the image and warnings for the report's reader.

        Raises
        ------
        PraxiError
            If the reference is malformed, or the registry does not give the image.
        """
        source = open_source(deployed.pinned, self._settings)
        image = self._recall(deployed, source)
        if image is None:
            image = source.resolve(self._platform)
            self._remember(image)
        return image, _doubts(deployed, image)

    def _recall(self, deployed: DeployedImage, source: ImageSource) -> Image | None:
        """Find an image by its digest: the one deployed, or what a registry's headers say of the tag."""
        digest = deployed.digest if deployed.digest_kind == MANIFEST_DIGEST else ""
        if not digest and isinstance(source, RegistrySource):
            digest = source.digest()
        key = keys.image(digest, str(self._platform)) if digest else ""
        if not key or not self._store.exists(key):
            return None
        return msgspec.structs.replace(documents.read(self._store, key, Image), reference=deployed.pinned)

    def _remember(self, image: Image) -> None:
        """Store what each digest means; not the names it was asked by, which are not of its bytes."""
        meaning = msgspec.structs.replace(image, reference="", index_digest="")
        self._store.put(keys.image(image.digest, str(self._platform)), msgspec.json.encode(meaning))
        if image.index_digest:
            chosen = msgspec.structs.replace(meaning, index_digest=image.index_digest)
            self._store.put(keys.image(image.index_digest, str(self._platform)), msgspec.json.encode(chosen))


def _doubts(deployed: DeployedImage, image: Image) -> tuple[str, ...]:
    if deployed.digest_kind == CONFIG_DIGEST and deployed.digest != image.config_digest:
        return (f"the tag now names another image than the one that ran ({deployed.digest})",)
    return ()
