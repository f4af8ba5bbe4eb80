"""Images for tests: layers from a dict, images, indexes, layouts, archives, and pushing them to a registry.

>>> base = layer({"etc/os-release": b"ID=debian", "bin": Symlink("usr/bin"), "tmp": None})
>>> shop = image([base, layer({"app.py": b"pass"}, compression="zstd")])
>>> write_layout(folder, {"shop": shop, "multi": index([shop, image([base], architecture="arm64")])})
>>> push("127.0.0.1:5000/shop:1.0", shop)
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import zstandard

Compression: TypeAlias = Literal["gzip", "zstd", "none"]
Flavour: TypeAlias = Literal["oci", "docker"]

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER_TYPES = {
    ("oci", "gzip"): "application/vnd.oci.image.layer.v1.tar+gzip",
    ("oci", "zstd"): "application/vnd.oci.image.layer.v1.tar+zstd",
    ("oci", "none"): "application/vnd.oci.image.layer.v1.tar",
    ("docker", "gzip"): "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ("docker", "zstd"): "application/vnd.docker.image.rootfs.diff.tar.zstd",
    ("docker", "none"): "application/vnd.docker.image.rootfs.diff.tar",
}


@dataclasses.dataclass(frozen=True)
class File:
    """A regular file when more than its bytes matters."""

    data: bytes = b""
    mode: int = 0o644
    mtime: int = 0


@dataclasses.dataclass(frozen=True)
class Symlink:
    target: str


@dataclasses.dataclass(frozen=True)
class Hardlink:
    target: str


# bytes and File are regular files, None is a directory.
Entry: TypeAlias = bytes | File | Symlink | Hardlink | None
Contents: TypeAlias = Mapping[str, Entry] | Iterable[tuple[str, Entry]]


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclasses.dataclass(frozen=True)
class Layer:
    """``data`` as stored, ``tar`` uncompressed; ``descriptor(flavour)`` is what a manifest says of it."""

    data: bytes
    tar: bytes
    compression: Compression

    @property
    def digest(self) -> str:
        return digest_of(self.data)

    @property
    def diff_id(self) -> str:
        return digest_of(self.tar)

    def descriptor(self, flavour: Flavour = "oci") -> dict[str, Any]:
        media_type = _LAYER_TYPES[flavour, self.compression]
        return {"mediaType": media_type, "digest": self.digest, "size": len(self.data)}


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A manifest or an index with everything below it: ``blobs`` and other ``manifests`` by digest."""

    data: bytes
    media_type: str
    platform: Mapping[str, str]
    blobs: Mapping[str, bytes]
    manifests: Mapping[str, tuple[str, bytes]]
    layers: tuple[Layer, ...] = ()
    annotations: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def digest(self) -> str:
        return digest_of(self.data)

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.data)
        return document

    @property
    def config_digest(self) -> str:
        return str(self.document["config"]["digest"])

    def descriptor(self) -> dict[str, Any]:
        found: dict[str, Any] = {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data)}
        if self.platform:
            found["platform"] = dict(self.platform)
        if self.annotations:
            found["annotations"] = dict(self.annotations)
        return found


def tar_bytes(contents: Contents) -> bytes:
    """A tar of the entries in the given order; a sequence of pairs may repeat a path."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, entry in contents.items() if isinstance(contents, Mapping) else contents:
            archive.addfile(*_member(path, entry))
    return buffer.getvalue()


def _member(path: str, entry: Entry) -> tuple[tarfile.TarInfo, io.BytesIO | None]:
    info = tarfile.TarInfo(path)
    if entry is None:
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        return info, None
    if isinstance(entry, Symlink | Hardlink):
        info.type = tarfile.SYMTYPE if isinstance(entry, Symlink) else tarfile.LNKTYPE
        info.linkname = entry.target
        return info, None
    file = entry if isinstance(entry, File) else File(entry)
    info.size, info.mode, info.mtime = len(file.data), file.mode, file.mtime
    return info, io.BytesIO(file.data)


def compress(data: bytes, compression: Compression) -> bytes:
    if compression == "gzip":
        return gzip.compress(data, compresslevel=1, mtime=0)
    if compression == "zstd":
        return zstandard.ZstdCompressor(level=1).compress(data)
    return data


def layer(contents: Contents, *, compression: Compression = "gzip") -> Layer:
    """A layer of these files."""
    tar = tar_bytes(contents)
    return Layer(compress(tar, compression), tar, compression)


def image(
    layers: Sequence[Layer],
    *,
    os: str = "linux",
    architecture: str = "amd64",
    variant: str = "",
    flavour: Flavour = "oci",
    config: Mapping[str, Any] | None = None,
) -> Manifest:
    """A single-platform image; ``config`` adds to (or replaces keys of) its configuration."""
    platform = {"os": os, "architecture": architecture} | ({"variant": variant} if variant else {})
    body = {
        **platform,
        "config": {"Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": [one.diff_id for one in layers]},
    }
    config_data = json.dumps({**body, **(config or {})}).encode()
    oci = flavour == "oci"
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST if oci else DOCKER_MANIFEST,
        "config": {
            "mediaType": OCI_CONFIG if oci else DOCKER_CONFIG,
            "digest": digest_of(config_data),
            "size": len(config_data),
        },
        "layers": [one.descriptor(flavour) for one in layers],
    }
    blobs = {digest_of(config_data): config_data, **{one.digest: one.data for one in layers}}
    data = json.dumps(document).encode()
    return Manifest(data, document["mediaType"], platform, blobs, {}, tuple(layers))  # type: ignore[arg-type]


def attestation(of: Manifest) -> Manifest:
    """What BuildKit puts beside an image in its index: a manifest that describes it and can't be run."""
    made = image([layer({"statement.json": b"{}"})], os="unknown", architecture="unknown")
    notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": of.digest}
    return dataclasses.replace(made, annotations=notes)


def index(children: Sequence[Manifest], *, flavour: Flavour = "oci") -> Manifest:
    """An index (or Docker's manifest list) of images or of other indexes."""
    media_type = OCI_INDEX if flavour == "oci" else DOCKER_LIST
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [child.descriptor() for child in children],
    }
    blobs: dict[str, bytes] = {}
    manifests: dict[str, tuple[str, bytes]] = {}
    for child in children:
        blobs |= child.blobs
        manifests |= {**child.manifests, child.digest: (child.media_type, child.data)}
    return Manifest(json.dumps(document).encode(), media_type, {}, blobs, manifests)


def layout_files(images: Mapping[str, Manifest]) -> dict[str, bytes]:
    """The files of an OCI layout that holds ``images`` by tag; the tag ``""`` gives no name."""
    entries = []
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
    for tag, one in images.items():
        notes = {"org.opencontainers.image.ref.name": tag} if tag else {}
        entries.append(dataclasses.replace(one, annotations={**one.annotations, **notes}).descriptor())
        stored = {
            **one.blobs,
            one.digest: one.data,
            **{name: data for name, (_, data) in one.manifests.items()},
        }
        files |= {f"blobs/{name.replace(':', '/')}": data for name, data in stored.items()}
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": entries}).encode()
    return files


def write_layout(folder: Path, images: Mapping[str, Manifest]) -> Path:
    """Write an OCI layout into ``folder``."""
    for name, data in layout_files(images).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def write_oci_archive(file: Path, images: Mapping[str, Manifest]) -> Path:
    """Write an OCI layout as one tar."""
    file.write_bytes(tar_bytes(layout_files(images)))
    return file


def docker_archive_files(images: Mapping[str, Manifest]) -> dict[str, Entry]:
    """The files of what ``docker save`` wrote before OCI layouts, by image name; layers keep their bytes."""
    files: dict[str, Entry] = {}
    listing = []
    for name, one in images.items():
        config = one.blobs[one.config_digest]
        files[f"{one.config_digest[7:]}.json"] = config
        paths = [f"{layer.diff_id[7:]}/layer.tar" for layer in one.layers]
        files |= dict(zip(paths, [layer.data for layer in one.layers], strict=True))
        listing.append({"Config": f"{one.config_digest[7:]}.json", "RepoTags": [name], "Layers": paths})
    files["manifest.json"] = json.dumps(listing).encode()
    return files


def write_docker_archive(file: Path, images: Mapping[str, Manifest]) -> Path:
    """Write a legacy ``docker save`` archive; build the layers with ``compression="none"`` as Docker does."""
    file.write_bytes(tar_bytes(docker_archive_files(images)))
    return file


def push(reference: str, manifest: Manifest, *, authorization: str = "") -> str:
    """Push to ``host:port/repository:tag`` over plain HTTP and return the digest."""
    host, _, rest = reference.partition("/")
    repository, _, tag = rest.rpartition(":")
    base = f"http://{host}/v2/{repository}"
    for digest, data in manifest.blobs.items():
        push_blob(base, digest, data, authorization)
    for digest, (media_type, data) in manifest.manifests.items():
        _send("PUT", f"{base}/manifests/{digest}", data, authorization, media_type)
    _send("PUT", f"{base}/manifests/{tag}", manifest.data, authorization, manifest.media_type)
    return manifest.digest


def push_blob(base: str, digest: str, data: bytes, authorization: str = "") -> None:
    """Upload one blob below ``http://host/v2/repository``."""
    location = _send("POST", f"{base}/blobs/uploads/", b"", authorization)["Location"]
    joiner = "&" if "?" in location else "?"
    _send("PUT", f"{location}{joiner}digest={digest}", data, authorization)


def _send(method: str, url: str, data: bytes, authorization: str, media_type: str = "") -> Any:
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", media_type or "application/octet-stream")
    if authorization:
        request.add_header("Authorization", authorization)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.headers
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {url}: {error.code} {error.read()[:500]!r}") from error
