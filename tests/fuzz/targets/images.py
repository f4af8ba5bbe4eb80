"""Images before their layers: references, manifests, layouts, credentials, challenges, tokens."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from praxi_tasks.errors import (
    ImageError,
    InvalidReferenceError,
    NotFoundError,
    UnauthorizedError,
    UsageError,
)
from praxi_tasks.json_decoding import decode
from praxi_tasks.oci.archive.docker_archive import DockerArchiveSource
from praxi_tasks.oci.archive.files import OpenFile
from praxi_tasks.oci.archive.oci_layout import LayoutSource
from praxi_tasks.oci.image import Platform, Reference
from praxi_tasks.oci.image.configuration import parse_configuration
from praxi_tasks.oci.image.digest import digest_of
from praxi_tasks.oci.image.manifest import OCI_MANIFEST, Index, parse_manifest
from praxi_tasks.oci.image.platforms import candidates
from praxi_tasks.oci.registry.challenge import parse_challenges
from praxi_tasks.oci.registry.keychain import Keychain
from praxi_tasks.oci.registry.mirrors import Mirrors
from praxi_tasks.oci.registry.token_client import _authorization
from tests.fuzz.target import SEPARATOR, parts, same, target

_DIGEST = "sha256:" + "a" * 64
_LAYER = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": _DIGEST, "size": 3}
_CONFIG = json.dumps(
    {
        "os": "linux",
        "architecture": "amd64",
        "variant": "v1",
        "rootfs": {"type": "layers", "diff_ids": [_DIGEST]},
    }
).encode()
_HISTORY = json.dumps(
    {
        "config": {"Labels": {"org.opencontainers.image.base.name": "debian:12"}},
        "history": [
            {"created_by": "ADD rootfs.tar / # buildkit", "comment": "c"},
            {"created_by": 'CMD ["bash"]', "empty_layer": True},
            {"created_by": "RUN |1 TOKEN=x /bin/sh -c make # buildkit"},
        ],
        "rootfs": {"type": "layers", "diff_ids": [_DIGEST, _DIGEST]},
    }
).encode()
_MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"digest": digest_of(_CONFIG), "size": len(_CONFIG)},
        "layers": [_LAYER],
    }
).encode()
_INDEX = json.dumps(
    {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": OCI_MANIFEST,
                "digest": digest_of(_MANIFEST),
                "size": len(_MANIFEST),
                "platform": {"os": "linux", "architecture": "amd64"},
                "annotations": {"org.opencontainers.image.ref.name": "x"},
            }
        ],
    }
).encode()


@target(
    covers=("praxi_tasks.oci.image.manifest.parse_manifest",),
    errors=(ImageError,),
    seeds=[_MANIFEST, _INDEX],
)
def manifest(data: bytes) -> None:
    """Parse a manifest or index, and choose a platform in it."""
    parsed = parse_manifest(data, "", "registry")
    if isinstance(parsed, Index):
        [entry.inline for entry in candidates(parsed.entries, Platform(), "registry")]


@target(
    covers=("praxi_tasks.oci.image.configuration.parse_configuration",),
    errors=(ImageError,),
    seeds=[_CONFIG, _HISTORY],
)
def image_config(data: bytes) -> None:
    """Read an image's configuration; what it says of the layers is of each, short and printable."""
    found = parse_configuration(data, "registry", 2)
    assert len(found.commands) in {0, 2}
    assert len(found.diff_ids) in {0, 2}
    for text in (*found.commands, *((found.base.name, found.base.digest) if found.base else ())):
        assert text.isprintable()


@target(
    covers=("praxi_tasks.oci.image.reference.Reference.parse",),
    errors=(InvalidReferenceError,),
    seeds=[b"nginx", b"localhost:5000/team/app:1.2@" + _DIGEST.encode(), b"[::1]:80/a/b", b"quay.io/a/b_c:t"],
)
def reference(data: bytes) -> None:
    """Parse a reference; what it is written as is the same reference."""
    parsed = Reference.parse(data.decode("utf-8", "surrogateescape"))
    same(Reference.parse(str(parsed)), parsed, "the reference read again")


@target(
    covers=("praxi_tasks.oci.image.model.Platform.parse",),
    errors=(UsageError,),
    seeds=[b"linux/amd64", b"linux/arm64/v8"],
)
def platform(data: bytes) -> None:
    """Parse a platform; what it is written as is the same platform."""
    parsed = Platform.parse(data.decode("utf-8", "surrogateescape"))
    same(Platform.parse(str(parsed)), parsed, "the platform read again")


@target(
    covers=("praxi_tasks.oci.registry.mirrors.Mirrors.parse",),
    errors=(UsageError, InvalidReferenceError),
    seeds=[b"docker.io=mirror.example:5000/hub, quay.io/a=b.example"],
)
def mirrors(data: bytes) -> None:
    """Parse rules of mirrors and rewrite references by them."""
    rules = Mirrors.parse(data.decode("utf-8", "surrogateescape"))
    for name in ("nginx:1", "quay.io/a/b:2"):
        rules.rewrite(Reference.parse(name))


class _Files:
    """Files in memory in place of a layout's."""

    where = "layout"

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents

    def has(self, name: str) -> bool:
        return name in self._contents

    @contextmanager
    def open(self, name: str) -> Iterator[OpenFile]:
        if name not in self._contents:
            raise NotFoundError("no such file", where=name)
        data = self._contents[name]
        yield OpenFile(len(data), io.BytesIO(data).read)


@target(
    covers=("praxi_tasks.oci.archive.oci_layout.LayoutSource",),
    errors=(ImageError, UsageError),
    seeds=[SEPARATOR.join((_INDEX, _MANIFEST, _CONFIG))],
)
def layout(data: bytes) -> None:
    """Resolve an OCI layout of three documents."""
    index, *documents = parts(data, 3)
    blobs = {f"blobs/{digest_of(each).replace(':', '/')}": each for each in documents}
    source = LayoutSource(_Files({"index.json": index, **blobs}), "", "oci:layout", 1 << 20)
    source.resolve(Platform())


@target(
    covers=("praxi_tasks.oci.archive.docker_archive.DockerArchiveSource",),
    errors=(ImageError, UsageError),
    seeds=[
        SEPARATOR.join(
            (
                json.dumps([{"Config": "c.json", "Layers": ["l"], "RepoTags": ["a:1"]}]).encode(),
                _CONFIG,
                b"\x1f\x8b",
            )
        )
    ],
)
def docker_archive(data: bytes) -> None:
    """Resolve an archive of ``docker save``."""
    listing, config, layer = parts(data, 3)
    files = _Files({"manifest.json": listing, "c.json": config, "l": layer})
    DockerArchiveSource(files, "", "docker-archive:a", 1 << 20).resolve(Platform())


@target(
    covers=(
        "praxi_tasks.oci.registry.docker_config.read_docker_config",
        "praxi_tasks.oci.registry.keychain.Keychain",
    ),
    errors=(UsageError,),
    seeds=[
        b'{"auths":{"registry.example":{"auth":"dTpw"},"*.example/team":{"username":"u","password":"p"}}}',
        b'{"auths":{"https://index.docker.io/v1/":{"identitytoken":"t"}}}',
    ],
)
def docker_config(data: bytes) -> None:
    """Find credentials in a Docker configuration; those that ask a program are passed over."""
    try:
        named = decode(data)
    except msgspec.MsgspecError:
        named = None
    if isinstance(named, dict) and ({"credHelpers", "credsStore"} & named.keys()):
        return
    descriptor = os.memfd_create("config")
    try:
        os.write(descriptor, data)
        keychain = Keychain(Path(f"/proc/self/fd/{descriptor}"))
        for registry, repository in (("registry.example", "team/app"), ("docker.io", "library/nginx")):
            keychain.credentials(registry, repository).basic()
    finally:
        os.close(descriptor)


@target(
    covers=("praxi_tasks.oci.registry.challenge.parse_challenges",),
    seeds=[
        b'Bearer realm="https://auth.example/token",service=hub, Basic realm="a\\"b"',
        b"Basic",
        b"Negotiate a==",
    ],
)
def challenge(data: bytes) -> None:
    """Parse a header that asks for credentials: nothing is an error."""
    for each in parse_challenges(data.decode("latin-1")):
        same(each.scheme, each.scheme.lower(), "a scheme")


@target(
    covers=("praxi_tasks.oci.registry.token_client._authorization",),
    errors=(UnauthorizedError,),
    seeds=[b'{"token":"abc","expires_in":300}', b'{"access_token":"abc"}'],
)
def token(data: bytes) -> None:
    """Read the answer of a token server; no header gets a second line."""
    header = _authorization(data, "realm").header
    same(header.isprintable() and header.isascii(), True, "a printable header")
