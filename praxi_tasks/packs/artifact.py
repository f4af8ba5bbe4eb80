"""A pack as an OCI artifact: a manifest whose layers are the parts, and whose annotations its provenance.

See the `image manifest <https://github.com/opencontainers/image-spec/blob/main/manifest.md>`_ of OCI 1.1.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from praxi_tasks.discovery import PART_READERS, Pack, Part
from praxi_tasks.errors import PackError
from praxi_tasks.json_decoding import decode

ARTIFACT_TYPE: Final = "application/vnd.praxi.pack.v1"
PART_TYPE: Final = "application/vnd.praxi.pack.part.v1"
MANIFEST_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"
EMPTY: Final = b"{}"
"""The configuration of an artifact that has none."""

_EMPTY_TYPE: Final = "application/vnd.oci.empty.v1+json"
_NAME: Final = "io.praxi.pack.name"
_ROLE: Final = "io.praxi.part.role"
_SHA256: Final = "sha256:"


class Descriptor(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a manifest says of a blob; ``size`` is in bytes."""

    media_type: str
    digest: Annotated[str, msgspec.Meta(pattern="^sha256:[0-9a-f]{64}$")]
    size: Annotated[int, msgspec.Meta(ge=0)]
    annotations: dict[str, str] = {}


class ArtifactManifest(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A manifest of OCI, as artifacts and signatures have one."""

    schema_version: int
    media_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    artifact_type: str = ""
    annotations: dict[str, str] = {}

    def encode(self) -> bytes:
        """Return the bytes, which depend on nothing else."""
        return msgspec.json.encode(self, order="deterministic")


def read_manifest(data: bytes, where: str) -> ArtifactManifest:
    """Read a manifest.

    Raises
    ------
    PackError
        If the bytes are none.
    """
    try:
        return decode(data, ArtifactManifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PackError(
            f"this is no artifact's manifest: {error}", where=where, action="check the reference"
        ) from error


def artifact_of(pack: Pack) -> ArtifactManifest:
    """Return the manifest of a pack."""
    layers = tuple(
        Descriptor(PART_TYPE, f"{_SHA256}{part.sha256}", part.size, {_ROLE: part.role}) for part in pack.parts
    )
    return ArtifactManifest(
        2, MANIFEST_TYPE, empty_config(), layers, ARTIFACT_TYPE, {**pack.annotations, _NAME: pack.name}
    )


def empty_config() -> Descriptor:
    """Return the descriptor of :data:`EMPTY`."""
    digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    return Descriptor(_EMPTY_TYPE, digest, len(EMPTY))


def pack_of(manifest: ArtifactManifest, where: str) -> Pack:
    """Return the pack that a manifest describes.

    Raises
    ------
    PackError
        If it is another artifact, or has parts that this program does not know.
    """
    if manifest.artifact_type != ARTIFACT_TYPE:
        raise PackError(
            f"this is no knowledge pack but {manifest.artifact_type or 'an image'}",
            where=where,
            action="check the reference",
        )
    roles = [layer.annotations.get(_ROLE, "") for layer in manifest.layers]
    if not roles or not PART_READERS.keys() >= set(roles):
        raise PackError("the pack has parts of another kind", where=where, action="use a newer Praxi")
    parts = tuple(
        Part(role, layer.digest.removeprefix(_SHA256), layer.size)
        for role, layer in zip(roles, manifest.layers, strict=True)
    )
    annotations = {name: text for name, text in manifest.annotations.items() if name != _NAME}
    return Pack(manifest.annotations.get(_NAME, ""), parts, annotations)
