"""Real images squashed into one layer each, whole and without package databases."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import zstandard
from packaging.utils import canonicalize_name

from praxi_tasks.fingerprint import PathKind, normalise_all

_INFO = re.compile(
    r"(?:^|/)([^/]+?)-[^/-]+\.dist-info/METADATA$|(?:^|/)([^/-]+)[^/]*\.egg-info(?:/PKG-INFO)?$"
)
_LIST = re.compile(r"^var/lib/dpkg/info/(.+?)(?::[a-z0-9]+)?\.list$")


@dataclass(frozen=True)
class FlatImage:
    """One image as two OCI layouts, and what its databases claim and its files can show.

    ``deb`` and ``pypi`` are the packages that left a file besides their metadata; ``owned`` the Python
    packages that belong to one of the distribution, and ``gone`` Debian's that left no file: naming these or
    not is neither right nor wrong.
    """

    name: str
    whole: Path
    bare: Path
    deb: frozenset[str]
    pypi: frozenset[str]
    owned: frozenset[str]
    gone: frozenset[str]

    @property
    def truth(self) -> frozenset[str]:
        return frozenset({f"deb/{name}" for name in self.deb} | {f"pypi/{name}" for name in self.pypi})


def flatten(name: str, reference: str, folder: Path) -> FlatImage:
    """Copy an image out of a registry on this machine and squash it."""
    pulled = folder / f"{name}-pulled"
    copy = ["skopeo", "copy", "-q", "--src-tls-verify=false", "--override-arch=amd64"]
    subprocess.run([*copy, f"docker://{reference}", f"oci:{pulled}:it"], check=True)
    layers = _layers(pulled)
    owner = _owners(layers)
    paths = sorted(owner)
    metadata = {
        path
        for path, kind in zip(paths, normalise_all(paths).kinds.tolist(), strict=True)
        if kind == PathKind.METADATA
    }
    whole, bare = folder / f"{name}-whole", folder / f"{name}-bare"
    kept: dict[str, bytes] = {}
    _write(whole, lambda tar: _squash(layers, owner, set(), tar, kept))
    _write(bare, lambda tar: _squash(layers, owner, metadata, tar, {}))
    left = set(paths) - metadata - _folders(layers)  # an empty folder shows nobody
    return FlatImage(name, whole, bare, *_truth(kept, left, paths))


def _layers(layout: Path) -> list[Path]:
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(_blob(layout, index["manifests"][0]["digest"]).read_text())
    return [_blob(layout, layer["digest"]) for layer in manifest["layers"]]


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs" / digest.replace(":", "/")


def _members(layer: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo, str]]:
    with layer.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        zstd = start == b"\x28\xb5\x2f\xfd"
        plain = zstandard.ZstdDecompressor().stream_reader(raw) if zstd else gzip.GzipFile(fileobj=raw)
        with tarfile.open(fileobj=cast("IO[bytes]", plain), mode="r|") as tar:
            for member in tar:
                yield tar, member, member.name.removeprefix("./").strip("/")


def _owners(layers: list[Path]) -> dict[str, int]:
    """Return the layer that each file, link or folder of the image comes from."""
    owner: dict[str, int] = {}
    for number, layer in enumerate(layers):
        found = [path for _, _, path in _members(layer)]
        for path in found:
            folder, _, file = path.rpartition("/")
            if file.startswith(".wh."):
                gone = (
                    folder if file == ".wh..wh..opq" else f"{folder}/{file.removeprefix('.wh.')}".lstrip("/")
                )
                owner = {p: n for p, n in owner.items() if p != gone and not p.startswith(f"{gone}/")}
        owner |= {path: number for path in found if not path.rpartition("/")[2].startswith(".wh.") and path}
    return owner


def _folders(layers: list[Path]) -> set[str]:
    return {path for layer in layers for _, member, path in _members(layer) if member.isdir()}


def _squash(
    layers: list[Path], owner: dict[str, int], without: set[str], out: tarfile.TarFile, kept: dict[str, bytes]
) -> None:
    for number, layer in enumerate(layers):
        for tar, member, path in _members(layer):
            if owner.get(path) != number or path in without:
                continue
            data = tar.extractfile(member) if member.isreg() else None
            if data is not None and (
                path == "var/lib/dpkg/status" or _LIST.match(path) or _INFO.search(path)
            ):
                content = data.read()
                kept[path] = content
                out.addfile(member, cast("IO[bytes]", _Bytes(content)))
            else:
                out.addfile(member, data)


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        head, self._data = self._data[:size], self._data[size:]
        return head


def _write(layout: Path, fill: Callable[[tarfile.TarFile], None]) -> None:
    """Write an OCI layout of one uncompressed layer."""
    blobs = layout / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    with tarfile.open(blobs / "layer", "w", format=tarfile.PAX_FORMAT) as tar:
        fill(tar)
    digest = hashlib.sha256()
    with (blobs / "layer").open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    (blobs / "layer").rename(blobs / digest.hexdigest())
    layer = f"sha256:{digest.hexdigest()}"
    size = (blobs / digest.hexdigest()).stat().st_size
    kind = "application/vnd.oci.image"
    config = _put(
        blobs,
        f"{kind}.config.v1+json",
        {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [layer]}},
    )
    tar_layer = {"mediaType": f"{kind}.layer.v1.tar", "digest": layer, "size": size}
    manifest = _put(
        blobs,
        f"{kind}.manifest.v1+json",
        {
            "schemaVersion": 2,
            "mediaType": f"{kind}.manifest.v1+json",
            "config": config,
            "layers": [tar_layer],
        },
    )
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "it"}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def _put(blobs: Path, media_type: str, document: dict[str, Any]) -> dict[str, Any]:
    data = json.dumps(document).encode()
    digest = hashlib.sha256(data).hexdigest()
    (blobs / digest).write_bytes(data)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}


def _truth(
    kept: dict[str, bytes], left: set[str], paths: list[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    folders = {path.rpartition("/")[0] for path in paths}
    listed: dict[str, set[str]] = {}
    for path, data in kept.items():
        if match := _LIST.match(path):
            lines = {line.lstrip("/") for line in data.decode().splitlines()}
            listed[match[1]] = {_usr(line) for line in lines} - folders
    there = {_usr(path) for path in left}
    deb = {name for name, files in listed.items() if files & there}
    by_deb = set().union(*listed.values()) if listed else set()
    pypi: set[str] = set()
    owned: set[str] = set()
    for path in kept:
        if match := _INFO.search(path):
            name = canonicalize_name(match[1] or match[2])
            (owned if _usr(path) in by_deb else pypi).add(name)
    return frozenset(deb), frozenset(pypi - owned), frozenset(owned), frozenset(listed.keys() - deb)


def _usr(path: str) -> str:
    return f"usr/{path}" if path.partition("/")[0] in {"bin", "sbin", "lib", "lib32", "lib64"} else path
