"""The types that readers of images share: platform, descriptor, image, blob, source."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from praxi_tasks.errors import UsageError


class Platform(msgspec.Struct, frozen=True):
    """An operating system and CPU, as image indexes write them: ``linux/arm64/v8``."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Parse ``os/architecture[/variant]``.

        Raises
        ------
        UsageError
            If the text has another form.
        """
        parts = text.strip().lower().split("/")
        if len(parts) not in {2, 3} or not all(parts):
            raise UsageError("not a platform", where=repr(text), action="write it as linux/amd64")
        return cls(*parts)

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))


class Descriptor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A blob as a manifest names it; ``digest`` is of the bytes as stored, ``size`` counts those bytes.

    ``urls`` are other places that have it, as the layers that registries may not distribute name them;
    ``data`` is the blob itself, where the manifest holds it and it is small.
    """

    media_type: str
    digest: str
    size: int
    urls: tuple[str, ...] = ()
    data: bytes = b""


class DeclaredBase(msgspec.Struct, frozen=True, omit_defaults=True):
    """The image that another one says it was built on, by name, digest or both."""

    name: str = ""
    digest: str = ""


class Image(msgspec.Struct, frozen=True):
    """One image for one platform.

    ``digest`` is the platform manifest's; ``index_digest`` that of the index it was chosen from, if any.
    ``config_digest`` is what Docker calls the image ID. ``commands`` are the lines of the history that made
    each layer, bottom first, and ``diff_ids`` the digests of the uncompressed layers; neither is there where
    the configuration does not tell. ``base`` is what annotations or labels name as such.
    """

    reference: str
    digest: str
    layers: tuple[Descriptor, ...]
    config_digest: str = ""
    index_digest: str = ""
    platform: Platform = Platform()
    commands: tuple[str, ...] = ()
    diff_ids: tuple[str, ...] = ()
    base: DeclaredBase | None = None


class Blob(Protocol):
    """The bytes of a blob as stored; a read past the end verifies size and digest."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, ``b""`` at the end.

        Raises
        ------
        DigestMismatchError, TruncatedBlobError, RegistryUnavailableError
            If the bytes are not the ones the manifest promised, or can't be had.
        """


class ImageSource(Protocol):
    """Where one image comes from: a registry's repository, a layout folder, an archive."""

    def resolve(self, platform: Platform) -> Image:
        """Find the image for a platform, following indexes; costs no layer bytes."""

    def open_blob(self, descriptor: Descriptor) -> AbstractContextManager[Blob]:
        """Open a layer's bytes for one reading from the start."""
