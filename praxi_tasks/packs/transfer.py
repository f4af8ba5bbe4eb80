"""Pushes packs to registries and pulls them: each blob is checked by its digest, a signature if asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.discovery import PART_READERS, Pack, Part, PartPool
from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import CorruptObjectError, NotFoundError, PackError, SignatureError, UsageError
from praxi_tasks.oci.image import Descriptor as Blob
from praxi_tasks.oci.image import Reference, digest_of
from praxi_tasks.oci.registry import RegistrySettings, RegistrySource, RegistryWriter, client_for
from praxi_tasks.packs.artifact import (
    EMPTY,
    MANIFEST_TYPE,
    ArtifactManifest,
    Descriptor,
    artifact_of,
    empty_config,
    pack_of,
    read_manifest,
)
from praxi_tasks.packs.progress import Moved, Movement, Watcher
from praxi_tasks.packs.signature import (
    ANNOTATION,
    PAYLOAD_TYPE,
    has_signed,
    is_signed,
    payload_of,
    sign,
    signature_tag,
)
from praxi_tasks.packs.stored import NamedPack, check_name, shared_pool, store_pack
from praxi_tasks.store import Store

OCI: Final = "oci://"
"""What the URI of a pack in a registry begins with."""

MOST_BYTES: Final = "PRAXI_PACK_MAX_BYTES"
"""The variable that says how many bytes the parts of a pulled pack may have."""

_PULLED_FROM: Final = "io.praxi.pack.pulled-from"
_DIGEST: Final = "io.praxi.pack.digest"
_DEFAULT_BYTES: Final = 16 << 30
_PIECE: Final = 1 << 20
_MOST_SIGNATURES: Final = 32
_MOST_PAYLOAD: Final = 64 << 10


class Pushed(NamedTuple):
    """A pack in a registry: its digest, and how many bytes were sent."""

    digest: str
    sent: int


def push_pack(
    named: NamedPack,
    uri: str,
    settings: RegistrySettings,
    *,
    key: Path | None = None,
    mount_from: str = "",
    watch: Watcher = lambda _: None,
) -> Pushed:
    """Push a pack under a tag, and sign it if a private ``key`` is given; signatures of other keys stay.

    One that was pulled has the digest that it had there, so that signatures of it hold here too.

    Parameters
    ----------
    uri
        ``oci://registry/repository:tag``.
    mount_from
        Another repository of the registry that may have parts: then they are not sent.
    watch
        Told how far it is.

    Raises
    ------
    UsageError
        If it is no URI with a tag.
    ImageError
        Of the kind that the registry's refusal means.
    ModelError
        If a part is missing, truncated or altered.
    SignatureError
        If the key can't be used.
    """
    reference = reference_of(uri)
    if reference.digest:
        raise UsageError("a pack is pushed under a tag", where=uri, action=f"write {OCI}registry/name:tag")
    manifest = artifact_of(_as_published(named.pack))
    data = manifest.encode()
    payload = payload_of(reference.name, digest_of(data))
    signature = sign(payload, key) if key else ""  # before anything is sent: the key may be unusable
    writer = RegistryWriter(reference, client_for(settings))
    writer.put_blob(EMPTY, empty_config().digest)
    moved = _push_parts(writer, named, mount_from, watch)
    digest = writer.put_manifest(data, MANIFEST_TYPE)
    if key:
        signatures = _signatures(RegistrySource(reference, client_for(settings)), digest, uri)
        mine = (each for each in signatures if each.digest == digest_of(payload))
        if not any(has_signed(payload, each.annotations.get(ANNOTATION, ""), key) for each in mine):
            _push_signature(writer, digest, payload, signature, signatures)
    return Pushed(digest, moved.done - moved.known)


def pull_pack(
    uri: str,
    store: Store,
    settings: RegistrySettings,
    *,
    key: Path | None = None,
    watch: Watcher = lambda _: None,
) -> Pack:
    """Pull a pack into a store: its parts into the pool, its manifest under its name.

    Parameters
    ----------
    uri
        ``oci://registry/repository:tag`` or ``…@sha256:…``.
    key
        A public key in PEM: what is not signed with it is refused.
    watch
        Told how far it is.

    Raises
    ------
    ImageError
        If the registry refuses, or what it serves has another digest.
    PackError
        If it is no pack, or a part can't be used.
    SignatureError
        If a key is given, and nobody signed the pack with it.
    """
    source = RegistrySource(reference_of(uri), client_for(settings))
    served = source.served()
    if key:
        _require_signature(source, served.digest, key, uri)
    pack = pack_of(read_manifest(served.data, uri), uri)
    _require_usable(pack, uri)
    _pull_parts(source, pack, shared_pool(store), uri, watch)
    noted = {**pack.annotations, _PULLED_FROM: uri, _DIGEST: served.digest}
    pack = msgspec.structs.replace(pack, annotations=noted)
    store_pack(store, pack)
    return pack


def reference_of(uri: str) -> Reference:
    """Return the reference that a pack's URI names.

    Raises
    ------
    UsageError
        If it does not begin with ``oci://``.
    InvalidReferenceError
        If what follows is no reference.
    """
    if not uri.startswith(OCI):
        raise UsageError(
            "not the URI of a pack in a registry", where=uri, action=f"write {OCI}registry/name:tag"
        )
    return Reference.parse(uri.removeprefix(OCI))


def _as_published(pack: Pack) -> Pack:
    """Return a pack without what :func:`pull_pack` noted of it."""
    published = {key: text for key, text in pack.annotations.items() if key not in {_PULLED_FROM, _DIGEST}}
    return msgspec.structs.replace(pack, annotations=published)


def _require_usable(pack: Pack, uri: str) -> None:
    most = read(MOST_BYTES, whole_number, _DEFAULT_BYTES)
    total = _size(pack)
    if total > most:
        raise PackError(
            f"the pack has {total:,} bytes, and {most:,} are allowed",
            where=uri,
            action=f"raise {MOST_BYTES} if it is trusted",
        )
    try:
        check_name(pack.name)
    except UsageError as error:
        raise PackError("the pack has no usable name", where=uri, action="have it pushed again") from error


def _push_parts(writer: RegistryWriter, named: NamedPack, mount_from: str, watch: Watcher) -> Moved:
    """Send the parts that the repository does not have."""
    movement = Movement(_size(named.pack), watch)
    for part in named.pack.parts:
        data = named.pool.map(part)
        is_sent = writer.put_blob(data, _digest(part), mount_from, movement.within_part)
        movement.end_part(part.size, was_known=not is_sent)
    return movement.moved


def _pull_parts(source: RegistrySource, pack: Pack, pool: PartPool, uri: str, watch: Watcher) -> None:
    """Fetch the parts that the pool does not have."""
    movement = Movement(_size(pack), watch)
    for part in pack.parts:
        was_known = pool.has(part)
        if not was_known:
            pieces = _pieces(source, Blob("", _digest(part), part.size), movement.within_part)
            try:
                pool.receive(part, pieces, PART_READERS[part.role].check)
            except CorruptObjectError as error:
                raise PackError(
                    f"a part of the pack can't be used: {error.what}",
                    where=uri,
                    action="have it pushed again",
                ) from error
        movement.end_part(part.size, was_known=was_known)


def _size(pack: Pack) -> int:
    return sum(part.size for part in pack.parts)


def _digest(part: Part) -> str:
    return f"sha256:{part.sha256}"


def _pieces(
    source: RegistrySource, blob: Blob, received: Callable[[int], None] = lambda _: None
) -> Iterator[bytes]:
    count = 0
    with source.open_blob(blob) as opened:
        while piece := opened.read(_PIECE):
            count += len(piece)
            yield piece
            received(count)


def _push_signature(
    writer: RegistryWriter, digest: str, payload: bytes, signature: str, others: Sequence[Descriptor]
) -> None:
    signed = Descriptor(PAYLOAD_TYPE, digest_of(payload), len(payload), {ANNOTATION: signature})
    writer.put_blob(payload, signed.digest)
    manifest = ArtifactManifest(2, MANIFEST_TYPE, empty_config(), (signed, *others)[:_MOST_SIGNATURES])
    writer.put_manifest(manifest.encode(), MANIFEST_TYPE, signature_tag(digest))


def _signatures(source: RegistrySource, digest: str, uri: str) -> tuple[Descriptor, ...]:
    """Return the signatures of a manifest, none where nobody signed it."""
    try:
        served = source.served(signature_tag(digest))
    except NotFoundError:
        return ()
    return read_manifest(served.data, uri).layers[:_MOST_SIGNATURES]


def _require_signature(source: RegistrySource, digest: str, key: Path, uri: str) -> None:
    """Raise :class:`SignatureError` unless one of a manifest's signatures is of a key."""
    signatures = _signatures(source, digest, uri)
    if not signatures:
        raise SignatureError(
            "the pack is not signed", where=uri, action="have it signed, or pull it without a key"
        )
    for layer in signatures:
        if layer.size <= _MOST_PAYLOAD and layer.media_type == PAYLOAD_TYPE:
            payload = b"".join(_pieces(source, Blob("", layer.digest, layer.size)))
            if is_signed(payload, layer.annotations.get(ANNOTATION, ""), key, digest):
                return
    raise SignatureError(
        "nobody signed the pack with this key", where=uri, action="check the key and who pushed the pack"
    )
