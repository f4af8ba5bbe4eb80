"""Reads archives of ``docker save`` from before Docker 25: ``docker-archive:FILE[:name]``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

import msgspec

from praxi_tasks.errors import InvalidReferenceError, ManifestError, NotFoundError, UsageError
from praxi_tasks.json_decoding import decode, decode_shallow
from praxi_tasks.oci.archive.files import Files, OpenFile, read_file
from praxi_tasks.oci.image.configuration import parse_configuration
from praxi_tasks.oci.image.digest import check_digest, digest_of
from praxi_tasks.oci.image.manifest import DOCKER_MANIFEST, check_layer_count
from praxi_tasks.oci.image.model import Blob, Descriptor, Image, Platform
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.image.verified_blob import VerifiedBlob

MANIFEST_FILE: Final = "manifest.json"
_TAR: Final = "application/vnd.docker.image.rootfs.diff.tar"
_COMPRESSIONS: Final = {b"\x1f\x8b": ".gzip", b"\x28\xb5\x2f\xfd": ".zstd"}
_CHUNK: Final = 1 << 20


class _Saved(msgspec.Struct, rename="pascal"):
    config: str
    layers: list[str] | None = None
    repo_tags: list[str | None] | None = None

    @property
    def tags(self) -> list[str]:
        """The names it was saved under."""
        return [tag for tag in self.repo_tags or [] if tag]


class _RootFs(msgspec.Struct):
    diff_ids: list[str] | None = None


class _Config(msgspec.Struct):
    rootfs: _RootFs = msgspec.field(default_factory=_RootFs)


class DockerArchiveSource:
    """One image of a legacy archive; see :class:`~praxi_tasks.oci.image.model.ImageSource`.

    Such an archive has no manifest and no digests but those of its uncompressed layers. Layers are stored
    uncompressed, so these are their digests too; one that some tool compressed is hashed. The image's
    digest is that of the manifest that says this.
    """

    def __init__(self, files: Files, name: str, reference: str, max_manifest_bytes: int) -> None:
        self._files = files
        self._name = name
        self._reference = reference
        self._limit = max_manifest_bytes

    def resolve(self, platform: Platform) -> Image:  # noqa: ARG002 - there is one, of its own platform
        """Return the image, whatever its platform.

        Raises
        ------
        ImageError
            If the archive has no such image, or one that can't be read.
        UsageError
            If it has several and none was chosen.
        """
        layers = tuple(layer for layer, _ in self._layers)
        config_digest = digest_of(self._config)
        manifest = {
            "schemaVersion": 2,
            "mediaType": DOCKER_MANIFEST,
            "config": {"digest": config_digest, "size": len(self._config)},
            "layers": [_as_written(layer) for layer in layers],
        }
        configuration = parse_configuration(self._config, self._reference, len(layers))
        return Image(
            reference=self._reference,
            digest=digest_of(msgspec.json.encode(manifest)),
            layers=layers,
            config_digest=config_digest,
            platform=configuration.platform,
            commands=configuration.commands,
            diff_ids=configuration.diff_ids,
            base=configuration.base,
        )

    @contextmanager
    def open_blob(self, descriptor: Descriptor) -> Iterator[Blob]:
        """Open a layer's bytes for one reading from the start; :class:`NotFoundError` if it is missing."""
        paths = {layer.digest: path for layer, path in self._layers}
        if descriptor.digest not in paths:
            raise NotFoundError(f"the archive has no layer {descriptor.digest}", where=self._reference)
        with self._files.open(paths[descriptor.digest]) as file:
            yield VerifiedBlob(file.read, descriptor, self._reference)

    @cached_property
    def _saved(self) -> _Saved:
        data = read_file(self._files, MANIFEST_FILE, self._limit)
        try:
            listing = decode(data, list[_Saved])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise _malformed(f"{MANIFEST_FILE} is not a list of images", self._reference) from None
        wanted = _canonical(self._name)
        chosen = [one for one in listing if not wanted or wanted in map(_canonical, one.tags)]
        if not chosen:
            raise NotFoundError(f"the archive has no image {self._name!r}", where=self._files.where)
        if len(chosen) > 1:
            tags = sorted(tag for one in chosen for tag in one.tags)
            raise UsageError(
                "the archive has several images",
                where=self._files.where,
                action=f"add :NAME, one of: {', '.join(tags)[:300]}",
            )
        return chosen[0]

    @cached_property
    def _config(self) -> bytes:
        name = self._saved.config
        try:
            return read_file(self._files, name, self._limit)
        except NotFoundError as error:
            raise ManifestError("the image's configuration is missing", where=error.where) from error

    @cached_property
    def _layers(self) -> list[tuple[Descriptor, str]]:
        try:
            diff_ids = decode_shallow(self._config, _Config).rootfs.diff_ids or []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise _malformed("the configuration has no list of layers", self._reference) from None
        check_layer_count(len(diff_ids), self._reference)
        paths = self._saved.layers or []  # Go writes a list without elements as null
        if len(diff_ids) != len(paths):
            raise _malformed("the configuration counts other layers than the archive", self._reference)
        pairs = zip(diff_ids, paths, strict=True)
        return [(self._layer(check_digest(diff_id, self._reference), path), path) for diff_id, path in pairs]

    def _layer(self, diff_id: str, path: str) -> Descriptor:
        with self._files.open(path) as file:
            head = file.read(4)
            suffix = next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), "")
            digest = _hash(head, file) if suffix else diff_id
            return Descriptor(_TAR + suffix, digest, file.size)


def _hash(head: bytes, file: OpenFile) -> str:
    found = hashlib.sha256(head)
    while chunk := file.read(_CHUNK):
        found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def _as_written(layer: Descriptor) -> dict[str, Any]:
    return {"mediaType": layer.media_type, "digest": layer.digest, "size": layer.size}


def _canonical(name: str) -> str:
    try:
        return str(Reference.parse(name))
    except InvalidReferenceError:
        return name


def _malformed(what: str, where: str) -> ManifestError:
    return ManifestError(what, where=where, action="save the image again")
