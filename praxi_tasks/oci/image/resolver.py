"""Resolves a manifest or index to the image for a platform, in registries, layouts and archives alike."""

from __future__ import annotations

from typing import Any, Final, Protocol

import msgspec

from praxi_tasks.errors import ImageError, ManifestError, NotAnImageError, NotFoundError, PlatformError
from praxi_tasks.oci.image.configuration import declared_base, parse_configuration
from praxi_tasks.oci.image.manifest import INDEXES, Entry, ImageManifest, Index, parse_manifest
from praxi_tasks.oci.image.model import Image, Platform
from praxi_tasks.oci.image.platforms import candidates, images_first, names_platform, runs_on

_MAX_DEPTH: Final = 4
_MAX_MANIFESTS: Final = 64


class ServedManifest(msgspec.Struct, frozen=True):
    """A manifest or index as it was served, with the digest of its bytes."""

    data: bytes
    media_type: str
    digest: str


class ManifestStore(Protocol):
    """A store of manifests and configurations; both methods verify what they return."""

    def manifest(self, entry: Entry) -> ServedManifest:
        """Return the manifest or index of an index's entry."""

    def config(self, entry: Entry) -> bytes:
        """Return an image's configuration."""


class Resolver:
    """Find one image.

    Parameters
    ----------
    documents
        Where to read manifests and configurations.
    reference
        How the image was asked for: it names the image in results and errors.
    platform
        What an index is searched for. An image outside any index is taken as it is: it is what would run.
    """

    def __init__(self, documents: ManifestStore, reference: str, platform: Platform) -> None:
        self._documents = documents
        self._reference = reference
        self._platform = platform
        self._read = 0

    def resolve(self, root: ServedManifest) -> Image:
        """Return the image that ``root`` is or offers.

        Raises
        ------
        PlatformError
            If an index has nothing for the platform.
        ManifestError
            If a document is malformed, or the image's configuration is missing.
        NotAnImageError
            If it is an artifact, or an index of nothing else.
        """
        manifest = parse_manifest(root.data, root.media_type, self._reference)
        if isinstance(manifest, ImageManifest):
            return self._image(manifest, root.digest)
        image = self._choose(manifest, 1)
        return msgspec.structs.replace(image, index_digest=root.digest)

    def find(self, root: ServedManifest, config_digest: str) -> Image | None:
        """Return the image with a configuration, whatever its platform; None if ``root`` has none such.

        Raises
        ------
        ImageError
            If a document can't be had; what an index lists and nobody has is passed over.
        """
        found = self._find(root, config_digest, 1)
        if found is None or found.digest == root.digest:
            return found
        return msgspec.structs.replace(found, index_digest=root.digest)

    def _find(self, served: ServedManifest, config_digest: str, depth: int) -> Image | None:
        manifest = parse_manifest(served.data, served.media_type, self._reference)
        if isinstance(manifest, ImageManifest):
            is_it = manifest.config.digest == config_digest
            return self._image(manifest, served.digest) if is_it else None
        for entry in images_first(manifest.entries, self._platform) if depth <= _MAX_DEPTH else ():
            self._count()
            try:
                found = self._find(self._manifest(entry), config_digest, depth + 1)
            except (NotFoundError, NotAnImageError):
                continue
            if found is not None:
                return found
        return None

    def _choose(self, index: Index, depth: int) -> Image:
        if depth > _MAX_DEPTH:
            raise ManifestError(f"indexes nested deeper than {_MAX_DEPTH}", where=self._reference)
        passed: ImageError | None = None
        if index.unread:
            passed = ManifestError(
                f"{index.unread} entries of an index are malformed, and no other is for {self._platform}",
                where=self._reference,
                action="push the image again",
            )
        for entry in self._candidates(index, passed):
            try:
                image = self._follow(entry, depth)
            except PlatformError:
                continue
            except (NotFoundError, NotAnImageError) as error:
                # An index may be copied without all that it lists, and list what describes its images.
                passed = passed or error
                continue
            if names_platform(entry) or runs_on(image.platform, self._platform):
                return image
        raise passed or PlatformError(
            f"no image for {self._platform}", where=self._reference, action="choose another platform"
        )

    def _candidates(self, index: Index, otherwise: ImageError | None) -> list[Entry]:
        try:
            return candidates(index.entries, self._platform, self._reference)
        except PlatformError as error:
            raise otherwise or error from None

    def _follow(self, entry: Entry, depth: int) -> Image:
        self._count()
        served = self._manifest(entry)
        manifest = parse_manifest(served.data, served.media_type, self._reference)
        if isinstance(manifest, Index):
            return self._choose(manifest, depth + 1)
        if entry.media_type in INDEXES:
            raise ManifestError("an index lists an image as an index", where=self._reference)
        return _with_variant(self._image(manifest, served.digest, entry.annotations), entry)

    def _count(self) -> None:
        self._read += 1
        if self._read > _MAX_MANIFESTS:
            raise ManifestError(f"more than {_MAX_MANIFESTS} manifests to search", where=self._reference)

    def _manifest(self, entry: Entry) -> ServedManifest:
        data = entry.inline
        if data is not None:
            return ServedManifest(data, entry.media_type, entry.digest)
        return self._documents.manifest(entry)

    def _image(self, manifest: ImageManifest, digest: str, listed: dict[str, Any] | None = None) -> Image:
        """Return an image; a manifest's word on the base comes before that of labels, which are inherited."""
        try:
            config = manifest.config.inline or self._documents.config(manifest.config)
        except NotFoundError as error:
            raise ManifestError(
                "the image's configuration is missing", where=error.where, action="push the image again"
            ) from error
        configuration = parse_configuration(config, self._reference, len(manifest.layers))
        return Image(
            reference=self._reference,
            digest=digest,
            layers=manifest.descriptors(),
            config_digest=manifest.config.digest,
            platform=configuration.platform,
            commands=configuration.commands,
            diff_ids=configuration.diff_ids,
            base=declared_base(manifest.annotations) or declared_base(listed) or configuration.base,
        )


def _with_variant(image: Image, entry: Entry) -> Image:
    """Return an image with the variant that its index gives it, where its configuration names none."""
    listed = entry.platform.to_platform() if entry.platform else None
    if (
        listed is None
        or image.platform.variant
        or image.platform != msgspec.structs.replace(listed, variant="")
    ):
        return image
    return msgspec.structs.replace(image, platform=listed)
