"""Layers for tests: archives written by tarfile or by hand, compressed in every way, as verified blobs."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator

from backports import zstd

from praxi_tasks.errors import DigestMismatchError
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.oci.image import Blob, Descriptor, Image, Platform
from praxi_tasks.oci.layer import Inspection, LayerLimits, LayerReading, Likeness, read_layer

MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar"
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    "+gzip": lambda data: gzip.compress(data, 6, mtime=0),
    "+zstd": zstd.compress,
}
Entry = tuple[tarfile.TarInfo, bytes]


def member(name: str, content: bytes = b"", **fields: object) -> Entry:
    """Describe a regular file, or what ``type=`` says."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Entry:
    """Describe a symbolic link, or a hard one."""
    return member(name, type=kind, linkname=target)


def folder(name: str) -> Entry:
    """Describe a directory."""
    return member(name, type=tarfile.DIRTYPE, mode=0o755)


def archive(entries: Iterable[Entry], archive_format: int = tarfile.GNU_FORMAT) -> bytes:
    """Write a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", format=archive_format, encoding="utf-8", errors="surrogateescape"
    ) as tar:
        for info, content in entries:
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class VerifiedBlob:
    """A blob in memory that gives short reads and checks its digest at the end, as real sources do."""

    def __init__(self, data: bytes, digest: str, piece: int = 100_000) -> None:
        self._stream = io.BytesIO(data)
        self._digest = digest
        self._found = hashlib.sha256()
        self._piece = piece
        self.ended = False

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(min(size, self._piece))
        self._found.update(data)
        if not data and size:
            self.ended = True
            if f"sha256:{self._found.hexdigest()}" != self._digest:
                raise DigestMismatchError("the blob has another digest", where=self._digest)
        return data


def describe(data: bytes, media_type: str = f"{MEDIA_TYPE}+gzip") -> Descriptor:
    """Return the descriptor of a layer's stored bytes."""
    return Descriptor(media_type, f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))


def read(
    data: bytes,
    *,
    media_type: str = MEDIA_TYPE,
    limits: LayerLimits | None = None,
    retain: Callable[[str], bool] = lambda _: False,
    likeness: Likeness | None = None,
    inspection: Inspection[object] | None = None,
    piece: int = 100_000,
) -> LayerReading:
    """Read a layer from its stored bytes, and see that it was read to its end."""
    descriptor = describe(data, media_type)
    blob = VerifiedBlob(data, descriptor.digest, piece)
    reading = read_layer(
        blob,
        descriptor,
        limits=limits or LayerLimits(),
        retain=retain,
        likeness=likeness,
        inspection=inspection,
    )
    assert blob.ended
    return reading


def changeset(entries: Iterable[Entry], archive_format: int = tarfile.GNU_FORMAT) -> Changeset:
    """Return the changeset of an archive of these members."""
    return Changeset.from_reading(read(archive(entries, archive_format)))


class MemorySource:
    """An image source of layers in memory."""

    def __init__(self, *layers: bytes, media_type: str = MEDIA_TYPE) -> None:
        self._layers = {describe(data).digest: data for data in layers}
        self.descriptors = tuple(describe(data, media_type) for data in layers)
        self.opened = 0

    def resolve(self, platform: Platform) -> Image:
        return Image("memory", "sha256:" + "0" * 64, self.descriptors, platform=platform)

    @contextlib.contextmanager
    def open_blob(self, descriptor: Descriptor) -> Iterator[Blob]:
        self.opened += 1
        yield VerifiedBlob(self._layers[descriptor.digest], descriptor.digest)
