"""From a deployed image to its layers, asking the registry only for what the store does not know."""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.audit.deployed import MANIFEST_DIGEST, DeployedImage
from praxi_tasks.errors import PlatformError, UsageError
from praxi_tasks.oci.image import Image, ImageSource, Platform, runs_on
from praxi_tasks.oci.registry import RegistrySettings, RegistrySource
from praxi_tasks.oci.sources import open_source
from praxi_tasks.printable import printable
from praxi_tasks.store import Store, documents, keys
from praxi_tasks.tracing import span

_CONFIG: Final = "config"
"""In place of a platform in the key of what a configuration's digest means: it has one."""


class ImageResolver:
    """Resolve images, each for the platform that it ran on; safe to call from several threads.

    What a digest means never changes, so it is stored and never asked again; a tag is asked every time.

    Parameters
    ----------
    platform
        That of images of which it is not known where they ran.
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
        with span("resolve image", attributes={"praxi.image": printable(deployed.pinned)}):
            return self._resolve(deployed)

    def _resolve(self, deployed: DeployedImage) -> tuple[Image, tuple[str, ...]]:
        platform = Platform.parse(deployed.platform) if deployed.platform else self._platform
        source = open_source(deployed.pinned, self._settings)
        image = self._by_config(deployed, source, platform)
        if image is None:
            image = self._recall(deployed, source, platform)
        if image is None:
            image = _resolve(source, platform)
            self._remember(image, platform)
        return image, _doubts(deployed, image, platform)

    def _by_config(self, deployed: DeployedImage, source: ImageSource, platform: Platform) -> Image | None:
        """Find an image by its configuration, which tells the variant that ran, and outlives a moved tag."""
        config = deployed.config_digest
        if not config or not isinstance(source, RegistrySource):
            return None
        if image := self._stored(keys.image(config, _CONFIG), deployed):
            return image
        image = source.find(config, platform)
        if image is not None:
            self._remember(image, platform)
        return image

    def _recall(self, deployed: DeployedImage, source: ImageSource, platform: Platform) -> Image | None:
        """Find an image by its digest: the one deployed, or what a registry's headers say of the tag."""
        digest = deployed.digest if deployed.digest_kind == MANIFEST_DIGEST else ""
        if not digest and isinstance(source, RegistrySource):
            digest = source.digest()
        return self._stored(keys.image(digest, str(platform)), deployed) if digest else None

    def _stored(self, key: str, deployed: DeployedImage) -> Image | None:
        if not self._store.exists(key):
            return None
        return msgspec.structs.replace(documents.read(self._store, key, Image), reference=deployed.pinned)

    def _remember(self, image: Image, platform: Platform) -> None:
        """Store what each digest means; not the names it was asked by, which are not of its bytes."""
        meaning = msgspec.structs.replace(image, reference="", index_digest="")
        self._put(keys.image(image.digest, str(platform)), meaning)
        if image.config_digest:
            self._put(keys.image(image.config_digest, _CONFIG), meaning)
        if image.index_digest:
            chosen = msgspec.structs.replace(meaning, index_digest=image.index_digest)
            self._put(keys.image(image.index_digest, str(platform)), chosen)

    def _put(self, key: str, image: Image) -> None:
        self._store.put(key, msgspec.json.encode(image))


def _resolve(source: ImageSource, platform: Platform) -> Image:
    """Find the image for a platform, or the only one there is: it ran, and as nothing else."""
    try:
        return source.resolve(platform)
    except PlatformError as error:
        only = _only(error.offered, platform)
        if only is None:
            raise
        return source.resolve(only)


def _only(offered: tuple[str, ...], platform: Platform) -> Platform | None:
    """Return the one platform of the wanted system that an index has; None if there are more, or none."""
    try:
        found = [one for one in map(Platform.parse, offered) if one.os == platform.os]
    except UsageError:
        return None
    return found[0] if len(found) == 1 else None


def _doubts(deployed: DeployedImage, image: Image, platform: Platform) -> tuple[str, ...]:
    doubts = []
    config = deployed.config_digest
    if config and config not in {image.config_digest, image.digest, image.index_digest}:
        doubts.append(f"the tag now names another image than the one that ran ({config})")
    if image.index_digest and not config and not runs_on(image.platform, platform):
        doubts.append(f"read as {image.platform}: the image has nothing for {platform}")
    return tuple(doubts)
