"""Reads OCI layouts: ``oci:DIR`` and ``oci-archive:FILE``, with ``:name`` or ``@digest`` to choose one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from praxi_tasks.errors import ManifestError, NotAnImageError, NotFoundError, UsageError
from praxi_tasks.oci.archive.files import Files, read_file
from praxi_tasks.oci.image.digest import check_digest, digest_of, verify
from praxi_tasks.oci.image.manifest import OCI_INDEX, Entry, Index, parse_manifest
from praxi_tasks.oci.image.model import Blob, Descriptor, Image, Platform
from praxi_tasks.oci.image.resolver import Resolver, ServedManifest
from praxi_tasks.oci.image.verified_blob import VerifiedBlob

INDEX_FILE: Final = "index.json"
_MAX_ARTIFACTS: Final = 64
_NAMES: Final = ("org.opencontainers.image.ref.name", "io.containerd.image.name")


class LayoutSource:
    """One image of an OCI layout; see :class:`~praxi_tasks.oci.image.model.ImageSource`.

    Parameters
    ----------
    files
        The layout.
    selector
        ``:name`` or ``@digest`` of the image, empty if the layout has only one.
    reference
        How the image was asked for.
    max_manifest_bytes
        Largest manifest or configuration that is read.
    """

    def __init__(self, files: Files, selector: str, reference: str, max_manifest_bytes: int) -> None:
        self._files = files
        self._selector = selector
        self._reference = reference
        self._limit = max_manifest_bytes

    def resolve(self, platform: Platform) -> Image:
        """Find the image for a platform, following indexes.

        Raises
        ------
        ImageError
            If the layout has no such image, or one that can't be read.
        UsageError
            If it has several and none was chosen.
        """
        return Resolver(self, self._reference, platform).resolve(self._root())

    def manifest(self, entry: Entry) -> ServedManifest:
        """Return the verified manifest or index of an index's entry."""
        return ServedManifest(self._document(entry), entry.media_type, entry.digest)

    def config(self, entry: Entry) -> bytes:
        """Return an image's verified configuration."""
        return self._document(entry)

    @contextmanager
    def open_blob(self, descriptor: Descriptor) -> Iterator[Blob]:
        """Open a layer's bytes for one reading from the start; :class:`NotFoundError` if it is missing."""
        if descriptor.data:
            yield VerifiedBlob.inline(descriptor, self._reference)
            return
        with self._files.open(_blob_path(descriptor.digest, self._reference)) as file:
            yield VerifiedBlob(file.read, descriptor, self._reference)

    def _document(self, entry: Entry) -> bytes:
        data = read_file(self._files, _blob_path(entry.digest, self._reference), self._limit)
        return verify(data, entry.digest, self._reference)

    def _root(self) -> ServedManifest:
        """Return what the selector names: an entry, or several platforms of one name as an index."""
        data = read_file(self._files, INDEX_FILE, self._limit)
        index = parse_manifest(data, OCI_INDEX, self._reference)
        if not isinstance(index, Index):
            raise ManifestError(f"{INDEX_FILE} is not an index", where=self._reference)
        if self._selector.startswith("@"):
            return self._by_digest(self._selector[1:], index)
        chosen = self._by_name(self._selector[1:], index.entries)
        if len(chosen) == 1:
            return self.manifest(chosen[0])
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": chosen}
        flat = msgspec.json.encode(document)
        return ServedManifest(flat, OCI_INDEX, digest_of(flat))

    def _by_digest(self, digest: str, index: Index) -> ServedManifest:
        check_digest(digest, self._reference)
        known = (entry for entry in index.entries if entry.digest == digest)
        return self.manifest(next(known, Entry(digest, 0)))

    def _by_name(self, name: str, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if name:
            chosen = tuple(entry for entry in entries if name in _names(entry))
            if not chosen:
                raise NotFoundError(
                    f"the layout has no image {name!r}", where=self._files.where, action=_offer(entries)
                )
            return chosen
        if not entries:
            raise NotFoundError("the layout has no image", where=self._files.where)
        if _several(entries):
            entries = tuple(filter(self._is_image, entries[:_MAX_ARTIFACTS])) + entries[_MAX_ARTIFACTS:]
        if _several(entries):
            raise UsageError("the layout has several images", where=self._files.where, action=_offer(entries))
        return entries

    def _is_image(self, entry: Entry) -> bool:
        """Return whether an entry is an image or an index, and no artifact that only stands beside one."""
        try:
            served = self.manifest(entry)
            parse_manifest(served.data, served.media_type, self._reference)
        except NotAnImageError:
            return False
        except NotFoundError:
            return True  # a layout may be copied without all that it lists
        return True


def _several(entries: tuple[Entry, ...]) -> bool:
    return len({_names(entry)[:1] for entry in entries}) > 1


def _names(entry: Entry) -> tuple[str, ...]:
    notes = entry.annotations or {}
    return tuple(str(notes[key]) for key in _NAMES if key in notes)


def _offer(entries: tuple[Entry, ...]) -> str:
    names = sorted({name for entry in entries for name in _names(entry)})
    return f"add :NAME, one of: {', '.join(names)[:300]}" if names else "add @DIGEST"


def _blob_path(digest: str, where: str) -> str:
    return f"blobs/{check_digest(digest, where).replace(':', '/')}"
