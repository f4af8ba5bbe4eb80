"""What Praxi stores and reads again: models, fingerprints, releases; and JSON, which most of it is."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import struct
from typing import Any, cast

import lz4.frame
import msgspec
import numpy as np
import zstandard

from praxi_tasks.discovery.bundle import Manifest, Pack, Packed, _read_manifest
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.content_index import ContentIndex
from praxi_tasks.discovery.experts import Expert
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.discovery.trees import Trees
from praxi_tasks.discovery.ubjson import read_ubjson
from praxi_tasks.errors import CorruptObjectError, ModelError, PackError, ReleaseRefusedError
from praxi_tasks.fingerprint import Changeset, Tagset, pack_arrays, pack_texts
from praxi_tasks.json_decoding import decode, decode_shallow
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.bundled_releases import _unpack
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.learning.estimators.samples import Samples
from praxi_tasks.packs.artifact import artifact_of, pack_of, read_manifest
from praxi_tasks.store import Store
from praxi_tasks.store.compressed import DAMAGED, decompressed
from praxi_tasks.store.frames import unpack_frame
from tests.fuzz.target import OneObject, same, target
from tests.inventory.layers import changeset as changes_of

_CHANGES = changes_of({"a": "d", "a/b.py": "f", "a/c": "l"})


def _plain(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(packed)


def _packed(plain: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(plain)


@target(
    covers=(
        "praxi_tasks.fingerprint.build_ids.BuildIds.from_arrays",
        "praxi_tasks.fingerprint.changeset.Changeset.from_bytes",
        "praxi_tasks.fingerprint.arrays.unpack_arrays",
    ),
    errors=(CorruptObjectError,),
    seeds=[_plain(_CHANGES.to_bytes())],
)
def changeset(data: bytes) -> None:
    """Read a changeset and everything in it."""
    found = Changeset.from_bytes(_packed(data))
    list(found.paths)
    dict(found.links)
    Tagset.from_changeset(found)


@target(
    covers=("praxi_tasks.fingerprint.tagset.Tagset.from_bytes",),
    errors=(CorruptObjectError,),
    seeds=[_plain(Tagset.from_changeset(_CHANGES).to_bytes())],
)
def tagset(data: bytes) -> None:
    """Read a tagset and write it again."""
    Tagset.from_bytes(_packed(data)).to_bytes()


@target(
    covers=("praxi_tasks.store.frames.unpack_frame",),
    errors=(ValueError,),
    seeds=[_packed(b"a document"), _packed(b"")],
)
def frame(data: bytes) -> None:
    """Decompress a frame as a stream decompressor does."""
    found = unpack_frame(data, 1 << 20)
    same(found, zstandard.ZstdDecompressor().stream_reader(data).read(), "the content")


@target(
    covers=("praxi_tasks.store.compressed.decompressed",),
    errors=DAMAGED,
    seeds=[
        _packed(b"lines\n"),
        lz4.frame.compress(b"a"),
        lzma.compress(b"b"),
        gzip.compress(b"c", mtime=0),
        b"d",
    ],
)
def compressed_file(data: bytes) -> None:
    """Read a file of any of the usual compressions."""
    decompressed(io.BytesIO(data)).read(1 << 20)


def _release() -> StoredRelease:
    number = np.array([1, 2], np.uint64)
    return StoredRelease(
        "pypi", "x", "1", "wheel", ["x/a.py", "x/b.py"], number, number, np.ones(2, np.bool_)
    )


@target(
    covers=("praxi_tasks.learning.data.stored_release.StoredRelease.from_bytes",),
    errors=(CorruptObjectError, ReleaseRefusedError),
    seeds=[_plain(_release().to_bytes())],
)
def stored_release(data: bytes) -> None:
    """Read a stored release and check it as one from outside."""
    found = StoredRelease.from_bytes(_packed(data)).checked()
    same(found.checked().paths, found.paths, "the paths checked again")


@target(
    covers=("praxi_tasks.learning.data.bundled_releases.read_bundled",),
    errors=(CorruptObjectError, ReleaseRefusedError),
    seeds=[msgspec.msgpack.encode([[_release().to_bytes()]])],
)
def bundled_releases(data: bytes) -> None:
    """Read the releases that are bundled with a model."""
    _unpack(data, "model")


@target(
    covers=("praxi_tasks.learning.estimators.samples.Samples.from_bytes",),
    errors=(CorruptObjectError,),
    seeds=[
        _plain(
            Samples([np.array([1, 2], np.uint64), np.array([2], np.uint64)], [["a"], ["a", "b"]]).to_bytes()
        )
    ],
)
def samples(data: bytes) -> None:
    """Read the samples that a model retains, and use them."""
    found = Samples.from_bytes(_packed(data))
    found.remembered()


def _ubj(value: Any) -> bytes:
    if isinstance(value, dict):
        pairs = (
            b"L" + struct.pack(">q", len(name)) + name.encode() + _ubj(each) for name, each in value.items()
        )
        return b"{" + b"".join(pairs) + b"}"
    if isinstance(value, list):
        return b"[" + b"".join(map(_ubj, value)) + b"]"
    if isinstance(value, str):
        return b"SU" + bytes((len(value),)) + value.encode()
    assert isinstance(value, np.ndarray)
    kind = ">f4" if value.dtype.kind == "f" else ">i4"
    code = b"d" if value.dtype.kind == "f" else b"l"
    return b"[$" + code + b"#U" + bytes((len(value),)) + value.astype(kind).tobytes()


def _booster(features: int = 2) -> bytes:
    tree = {
        "left_children": np.array([1, -1, -1]),
        "right_children": np.array([2, -1, -1]),
        "split_indices": np.array([0, 0, 0]),
        "split_conditions": np.array([0.5, 0.1, 0.9]),
        "default_left": np.array([1, 0, 0]),
    }
    learner = {
        "learner_model_param": {"num_feature": str(features), "base_score": "[5E-1]"},
        "gradient_booster": {"model": {"trees": [tree, tree]}},
    }
    return _ubj({"learner": learner})


@target(
    covers=("praxi_tasks.discovery.ubjson.read_ubjson",),
    errors=(CorruptObjectError,),
    seeds=[_booster(), b"[i\x01U\x02I\0\3l\0\0\0\4d\0\0\0\0Ca TFZ]".replace(b" ", b""), b"{#U\1U\1aSU\1b"],
)
def ubjson(data: bytes) -> None:
    """Read UBJSON."""
    read_ubjson(data)


@target(
    covers=("praxi_tasks.discovery.trees.Trees", "praxi_tasks.discovery.scorer.Scorer.from_bytes"),
    errors=(CorruptObjectError,),
    seeds=[_booster()],
)
def trees(data: bytes) -> None:
    """Read a booster and let it decide: probabilities."""
    with np.errstate(all="ignore"):
        found = Trees(data)
        if found.features <= 1_000:
            table = np.array([[0.0] * found.features, [np.nan] * found.features], np.float32)
            same(found.probability(table).shape, (2,), "a probability for each row")
    knots = np.array([0.0, 1.0])
    scorer = pack_arrays(
        "scorer", 1, {"booster": np.frombuffer(data, np.uint8), "knots": knots, "levels": knots}
    )
    Scorer.from_bytes(scorer)


@target(
    covers=("praxi_tasks.discovery.experts.Expert.from_bytes",),
    errors=(CorruptObjectError,),
    seeds=[
        pack_arrays(
            "expert",
            1,
            {
                "tokens": np.array([1, 2], np.uint64),
                "labels": pack_texts(["a"]),
                "own": np.array([0], np.uint32),
                "own_counts": np.array([1], np.uint32),
                "boosters": np.frombuffer(_booster(3), np.uint8),
                "booster_sizes": np.array([len(_booster(3))], np.uint32),
            },
        )
    ],
)
def expert(data: bytes) -> None:
    """Read an expert and ask it."""
    with np.errstate(all="ignore"):
        found = Expert.from_bytes(data)
        found.confidence([np.array([1, 5], np.uint64)])


@target(
    covers=("praxi_tasks.discovery.catalogue.Catalogue.from_bytes",),
    errors=(CorruptObjectError,),
    seeds=[build_catalogue([_release().release()]).to_bytes()],
)
def catalogue(data: bytes) -> None:
    """Read a catalogue and look at each package."""
    found = Catalogue.from_bytes(data)
    found.check()
    for package in range(len(found.packages)):
        found.versions_of(package)


_INDEX = ContentIndex(
    hashes=np.array([3, 9], np.uint64),
    holder_starts=np.array([0, 1, 3], np.uint32),
    holders=np.array([0, 0, 1], np.uint32),
    path_starts=np.array([0, 5, 9], np.uint32),
    paths=np.frombuffer(b"bin/alib/", np.uint8),
    release_packages=np.array([0, 0], np.uint32),
    packages=pack_texts(["pypi/a"]),
    versions=pack_texts(["1", "2"]),
    counts=np.array([1, 2], np.uint32),
)


@target(
    covers=("praxi_tasks.discovery.content_index.ContentIndex.from_bytes",),
    errors=(CorruptObjectError,),
    seeds=[_INDEX.to_bytes()],
)
def content_index(data: bytes) -> None:
    """Read an index of contents and look at each of them."""
    found = ContentIndex.from_bytes(data)
    found.check()
    for place in range(len(found.hashes)):
        found.path_of(place)
        found.holders_of(place)


@target(
    covers=("praxi_tasks.discovery.bundle.open_bundle",),
    errors=(ModelError,),
    seeds=[msgspec.json.encode(Manifest(1, (Packed.of("scorer", b"x").part,), {"a": 1, "b": "c", "d": 0.5}))],
)
def bundle(data: bytes) -> None:
    """Read a model's manifest and take its identity."""
    found = _read_manifest(cast(Store, OneObject(data)))
    same(len(found.id), 32, "the identity's length")


@target(
    covers=("praxi_tasks.packs.artifact.read_manifest",),
    errors=(PackError,),
    seeds=[artifact_of(Pack("pypi/a", (Packed.of("catalogue", b"x").part,), {"a": "b"})).encode()],
)
def pack_artifact(data: bytes) -> None:
    """Read a pack's manifest; what it describes is described in the same way."""
    found = pack_of(read_manifest(data, "here"), "here")
    same(pack_of(artifact_of(found), "here"), found, "the pack")


@target(
    covers=("praxi_tasks.json_decoding.decode", "praxi_tasks.json_decoding.decode_shallow"),
    errors=(msgspec.DecodeError,),
    seeds=[b'{"a":[1,2.5,null,true,"\\u00e9\\n"],"b":{"c":{}}}', b"[" * 9 + b"]" * 9, b'{"a":"[[{","b":1}'],
)
def json_document(data: bytes) -> None:
    """Decode JSON as the standard library does; the upper levels alone are those of the whole."""
    try:
        found = decode(data)
    except msgspec.DecodeError:
        decode_shallow(data, dict[str, Any])
        return
    text = data.decode()
    same(msgspec.json.decode(msgspec.json.encode(found)), found, "what is written again")
    expected = json.loads(text, parse_float=lambda _: 0.5, parse_int=lambda _: 1)
    same(
        type(expected),
        type(found) if not isinstance(found, int | float) or isinstance(found, bool) else type(expected),
        "the kind",
    )
    if isinstance(found, dict):
        same(sorted(decode_shallow(data, dict[str, Any])), sorted(expected), "the names of the first level")
