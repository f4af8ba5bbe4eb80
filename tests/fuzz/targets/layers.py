"""Layers: the whole reading, decompression against zlib and zstandard, tar against tarfile."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zlib

import xxhash
import zstandard

from praxi_tasks.errors import LayerError, LimitExceededError, ManifestError
from praxi_tasks.fingerprint import Changeset, Tagset
from praxi_tasks.inventory import keep_file, read_inventory
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import LayerLimits, LayerReading, read_layer
from praxi_tasks.oci.layer.byte_code import HEAD, ByteCode, read_heads
from praxi_tasks.oci.layer.decompress import CountingReader, decompress
from praxi_tasks.oci.tar import pax_records, scan
from tests.fuzz.target import DifferenceError, same, target
from tests.support.layers import COMPRESSIONS, archive, folder, link, member

_PLAIN = "application/vnd.oci.image.layer.v1.tar"
_LIMITS = LayerLimits(max_bytes=16 << 20, max_entries=10_000, max_window_bytes=8 << 20)
_MEMBERS = [
    folder("etc"),
    member("etc/os-release", b"ID=debian\nVERSION_ID=12\n"),
    link("etc/l", "os-release"),
    link("etc/h", "etc/os-release", tarfile.LNKTYPE),
    member("usr/.wh.gone"),
    member("opt/.wh..wh..opq"),
    member("n" * 120, b"x" * 600),
    member("ü/\udcff", b"y"),
]
_TARS = tuple(archive(_MEMBERS, form) for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
_SPARSE = archive(
    [
        member(
            "sparse",
            b"data" * 128,
            pax_headers={
                "GNU.sparse.major": "0",
                "GNU.sparse.size": "2048",
                "GNU.sparse.map": "0,256,1024,256",
            },
        )
    ],
    tarfile.PAX_FORMAT,
)


def _read(data: bytes) -> LayerReading:
    descriptor = Descriptor(_PLAIN, "sha256:0", len(data))
    return read_layer(io.BytesIO(data), descriptor, limits=_LIMITS, retain=keep_file)


@target(
    covers=(
        "praxi_tasks.oci.layer.reader.read_layer",
        "praxi_tasks.inventory.layer_inventory.read_inventory",
    ),
    errors=(LayerError,),
    seeds=[compress(tar) for tar in (*_TARS, _SPARSE) for compress in COMPRESSIONS.values()],
    longest=8192,
)
def layer(data: bytes) -> None:
    """Read a layer as an audit does, and see that what is stored of it can be read again."""
    reading = _read(data)
    changeset = Changeset.from_reading(reading)
    stored = changeset.to_bytes()
    same(Changeset.from_bytes(stored).to_bytes(), stored, "a changeset read again")
    tagset = Tagset.from_changeset(changeset).to_bytes()
    same(Tagset.from_bytes(tagset).to_bytes(), tagset, "a tagset read again")
    read_inventory(changeset, reading.retained).to_bytes()


@target(
    covers=("praxi_tasks.oci.layer.decompress.decompress",),
    errors=(LayerError,),
    seeds=[gzip.compress(b"layer" * 9, mtime=0), gzip.compress(b"a") + gzip.compress(b"b") + bytes(5)],
)
def gzip_stream(data: bytes) -> None:
    """Decompress gzip as zlib does."""
    data = b"\x1f\x8b" + data.removeprefix(b"\x1f\x8b")
    found = _decompressed(data)
    try:
        expected = gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise DifferenceError("what zlib refuses is read") from error
    same(found, expected, "the content")


@target(
    covers=("praxi_tasks.oci.layer.decompress.decompress",),
    errors=(LayerError,),
    seeds=[
        zstandard.ZstdCompressor(level=3).compress(b"layer" * 9),
        zstandard.ZstdCompressor(write_checksum=True).compress(b"a") * 2,
        b"\x50\x2a\x4d\x18\x02\0\0\0ab" + zstandard.ZstdCompressor().compress(b"b"),
    ],
)
def zstd_stream(data: bytes) -> None:
    """Decompress zstd as python-zstandard does."""
    if not data.startswith((b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18")):
        data = b"\x28\xb5\x2f\xfd" + data
    found = _decompressed(data)
    window = zstandard.ZstdDecompressor(max_window_size=_LIMITS.max_window_bytes)
    stream = window.stream_reader(data, read_across_frames=True)
    same(found, stream.read(_LIMITS.max_bytes), "the content")


def _decompressed(data: bytes) -> bytes:
    stream = decompress(CountingReader(io.BytesIO(data)), _PLAIN, _LIMITS)
    return stream.read(_LIMITS.max_bytes)


@target(
    covers=("praxi_tasks.oci.layer.reader.read_layer",),
    errors=(LayerError,),
    seeds=[*_TARS, _SPARSE],
    longest=8192,
)
def tar(data: bytes) -> None:
    """Read a plain tar; files that tarfile finds too have the same content."""
    if data[:2] == b"\x1f\x8b" or data[:4] == b"\x28\xb5\x2f\xfd" or data[1:4] == b"\x2a\x4d\x18":
        return
    reading = _read(data)
    paths = [os.fsdecode(path) for path in bytes(reading.paths).split(b"\0")[:-1]]
    kinds = [chr(kind) for kind in reading.types.tolist()]
    found = {
        path: (size, digest)
        for path, kind, size, digest in zip(
            paths, kinds, reading.sizes.tolist(), reading.hashes.tolist(), strict=True
        )
        if kind == "f"
    }
    for path, content in _by_tarfile(data).items():
        if path in found:
            same(found[path], (len(content), xxhash.xxh3_64_intdigest(content)), f"the file {path!r}")


def _by_tarfile(data: bytes) -> dict[str, bytes]:
    """Return the regular files that tarfile finds once each, by their names below the root."""
    found: dict[str, bytes] = {}
    several: set[str] = set()
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errors="surrogateescape") as members:
            for info in members:
                path = "/".join(part for part in info.name.split("/") if part not in {"", "."})
                several |= {path} & found.keys()
                if info.isreg() and info.sparse is None and info.size <= len(data):
                    content = members.extractfile(info)
                    found[path] = content.read() if content else b""
    except (tarfile.TarError, ValueError, EOFError, OSError, OverflowError, KeyError, IndexError):
        return found  # what it read before is compared
    return {path: content for path, content in found.items() if path not in several}


@target(
    covers=("praxi_tasks.oci.tar.index.scan",),
    errors=(ManifestError, LimitExceededError),
    seeds=_TARS,
    longest=8192,
)
def tar_index(data: bytes) -> None:
    """Index a tar where it lies; every file lies inside it."""
    descriptor = os.memfd_create("tar")
    try:
        os.write(descriptor, data)
        index = scan(descriptor, "archive")
    finally:
        os.close(descriptor)
    for name, (offset, size) in index.files.items():
        same(0 <= offset <= offset + size <= len(data), True, f"the place of {name!r}")
    for name in index.links:
        index.find(name)


@target(
    covers=("praxi_tasks.oci.tar.pax_records.read_records",),
    errors=(LayerError,),
    seeds=[
        b"12 path=abc\n13 mtime=1.5\n",
        b"23 GNU.sparse.offset=0\n25 GNU.sparse.numbytes=1\n",
        b"12 size=123\n",
    ],
)
def pax(data: bytes) -> None:
    """Read pax records, and the numbers in them."""
    overrides: pax_records.Overrides = {}
    pax_records.read_records(data, overrides)
    pax_records.read_records(data, {}, is_global=True)
    if pax_records.SIZE in overrides:
        same(0 <= pax_records.decimal(overrides[pax_records.SIZE]) < 1 << 63, True, "a size")
    if pax_records.MTIME in overrides:
        same(abs(pax_records.seconds(overrides[pax_records.MTIME])) <= 10**18, True, "a time")


@target(
    covers=("praxi_tasks.oci.layer.byte_code.read_heads",),
    seeds=[b"\xa7\x0d\r\n" + bytes(4) + b"time" + b"\x10\x02\0\0" + b"\xe3", bytes(16)],
    longest=64,
)
def byte_code_heads(data: bytes) -> None:
    """Read heads of byte code at once, and compare each with what it says alone."""
    whole = data[: len(data) // HEAD * HEAD]
    heads = [whole[at : at + HEAD] for at in range(0, len(whole), HEAD)]
    alone = [ByteCode(memoryview(head), states_version=False).digest() for head in heads]
    same(read_heads(whole).tolist(), [int.from_bytes(each, "big") for each in alone], "a head")
