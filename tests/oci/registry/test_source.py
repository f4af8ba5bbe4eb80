"""A real registry: what it has is found and read, whatever its form."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from praxi_tasks.errors import ForbiddenError, ManifestError, NotFoundError, PlatformError, UnauthorizedError
from praxi_tasks.oci.image.model import Image, ImageSource, Platform
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.client import RegistryClient
from praxi_tasks.oci.registry.mirrors import Mirrors
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.source import RegistrySource
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, Reply
from tests.support.registry import Registry

pytestmark = pytest.mark.server
AMD64, ARM64 = Platform(), Platform("linux", "arm64")


def read_layers(source: ImageSource, image: Image) -> list[str]:
    """Read every layer to its end and return the digests of what came."""
    found = []
    for layer in image.layers:
        with source.open_blob(layer) as blob:
            read = hashlib.sha256()
            while data := blob.read(1 << 20):
                read.update(data)
        found.append(f"sha256:{read.hexdigest()}")
    return found


@pytest.mark.parametrize("flavour", ["oci", "docker"])
def test_reads_an_image(registry: Registry, settings: RegistrySettings, flavour: images.Flavour) -> None:
    layers = [images.layer({f"{kind}.txt": b"x" * 9000}, compression=kind) for kind in ("gzip", "none")]
    made = images.image(layers, flavour=flavour)
    reference = registry.push(f"plain/{flavour}:1.0", made)
    source = open_source(reference, settings)
    image = source.resolve(AMD64)
    assert image.digest == made.digest
    assert image.config_digest == made.config_digest
    assert image.index_digest == ""
    assert image.reference == reference
    assert read_layers(source, image) == [layer.digest for layer in layers]


@pytest.mark.parametrize("flavour", ["oci", "docker"])
def test_chooses_a_platform_of_an_index(
    registry: Registry, settings: RegistrySettings, flavour: images.Flavour
) -> None:
    layer = images.layer({"a": b"a"})
    amd = images.image([layer], flavour=flavour)
    arm = images.image([layer], flavour=flavour, architecture="arm64", variant="v8")
    made = images.index([images.attestation(amd), arm, amd], flavour=flavour)
    reference = registry.push(f"multi/{flavour}:1.0", made)
    repository = reference.rpartition(":")[0]
    for asked in (reference, f"{repository}@{made.digest}", f"{repository}:gone@{made.digest}"):
        image = open_source(asked, settings).resolve(ARM64)
        assert (image.digest, image.index_digest) == (arm.digest, made.digest)
        assert image.platform == Platform("linux", "arm64", "v8")
    assert open_source(reference, settings).resolve(AMD64).digest == amd.digest
    with pytest.raises(PlatformError, match="choose one of: linux/amd64, linux/arm64/v8"):
        open_source(reference, settings).resolve(Platform("linux", "s390x"))


def test_a_manifest_of_another_platform_is_taken_as_it_is(
    registry: Registry, settings: RegistrySettings
) -> None:
    reference = registry.push("only-arm:1", images.image([images.layer({})], architecture="arm64"))
    assert open_source(reference, settings).resolve(AMD64).platform == ARM64


def test_no_layers_and_layers_without_files(registry: Registry, settings: RegistrySettings) -> None:
    empty = registry.push("empty:1", images.image([]))
    assert open_source(empty, settings).resolve(AMD64).layers == ()
    source = open_source(registry.push("hollow:1", images.image([images.layer({})])), settings)
    image = source.resolve(AMD64)
    assert read_layers(source, image) == [image.layers[0].digest]


def test_what_skopeo_pushes(registry: Registry, settings: RegistrySettings, tmp_path: Path) -> None:
    made = images.image([images.layer({"a": b"a" * 100000}, compression="none")])
    images.write_layout(tmp_path / "layout", {"x": made})
    target = f"{registry.host}/skopeo/zstd:1"
    subprocess.run(
        ["skopeo", "copy", "-q", "--dest-tls-verify=false", "--dest-compress-format=zstd",
         "--insecure-policy", f"oci:{tmp_path}/layout:x", f"docker://{target}"],
        check=True,
    )  # fmt: skip
    source = open_source(f"docker://{target}", settings)
    image = source.resolve(AMD64)
    assert image.layers[0].media_type.endswith("+zstd")
    assert read_layers(source, image) == [image.layers[0].digest]


def test_unknown_tag_repository_and_digest(
    registry: Registry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = registry.push("known:1", shop)
    for text in (
        reference[:-1] + "2",
        f"{registry.host}/unknown:1",
        f"{registry.host}/known@sha256:{'0' * 64}",
    ):
        with pytest.raises(NotFoundError, match="404"):
            open_source(text, settings).resolve(AMD64)


def test_the_digest_of_a_tag_costs_headers_only(
    registry: Registry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = Reference.parse(registry.push("headers:1", shop))
    assert RegistrySource(reference, RegistryClient(settings)).digest() == shop.digest


def test_a_registry_that_does_not_tell_the_digest_is_asked_for_the_manifest(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = Reference.parse(hostile.serve("shop", "1", shop))
    client = RegistryClient(settings)
    assert RegistrySource(reference, client).digest() == shop.digest
    assert [one.method for one in hostile.asked[1:]] == ["HEAD", "GET"]
    pinned = Reference.parse(f"{hostile.host}/shop@{shop.digest}")
    assert RegistrySource(pinned, client).digest() == shop.digest
    assert len(hostile.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 429, 500, 501, 522])
def test_get_decides_where_head_is_refused(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, status: int
) -> None:
    reference = Reference.parse(hostile.serve("shop", "1", shop))
    hostile.fault(
        "/manifests/",
        lambda asked: Reply(status) if asked.method == "HEAD" else hostile.truth(asked),
        forever=True,
    )
    assert RegistrySource(reference, RegistryClient(settings)).digest() == shop.digest
    assert [one.method for one in hostile.asked[1:]] == ["HEAD", "GET"]


def test_an_image_that_get_does_not_find_either_is_not_found(
    hostile: HostileRegistry, settings: RegistrySettings
) -> None:
    with pytest.raises(NotFoundError, match="MANIFEST_UNKNOWN"):
        RegistrySource(Reference.parse(f"{hostile.host}/shop:1"), RegistryClient(settings)).digest()


def test_a_mirror_is_asked_instead(
    registry: Registry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    registry.push("hub/library/nginx:1.27", shop)
    mirrored = msgspec.structs.replace(settings, mirrors=Mirrors.parse(f"docker.io={registry.host}/hub"))
    image = open_source("nginx:1.27", mirrored).resolve(AMD64)
    assert image.digest == shop.digest
    assert image.reference == "docker.io/library/nginx:1.27"


def auth_file(folder: Path, registry: Registry, password: str) -> str:
    encoded = base64.b64encode(f"{registry.username}:{password}".encode()).decode()
    file = folder / ".dockerconfigjson"
    file.write_text(json.dumps({"auths": {registry.host: {"auth": encoded}}}))
    return str(folder)


def test_a_pull_secret_opens_a_private_registry(
    private_registry: Registry, settings: RegistrySettings, shop: images.Manifest, tmp_path: Path
) -> None:
    reference = private_registry.push("secret/shop:1", shop)
    folder = auth_file(tmp_path, private_registry, private_registry.password)
    known = msgspec.structs.replace(settings, auth_file=folder)
    source = open_source(reference, known)
    image = source.resolve(AMD64)
    assert read_layers(source, image) == [layer.digest for layer in shop.layers]


def test_without_or_with_wrong_credentials(
    private_registry: Registry, settings: RegistrySettings, shop: images.Manifest, tmp_path: Path
) -> None:
    reference = private_registry.push("secret/shop:1", shop)
    with pytest.raises(UnauthorizedError, match="there are none for it"):
        open_source(reference, settings).resolve(AMD64)
    wrong = msgspec.structs.replace(settings, auth_file=auth_file(tmp_path, private_registry, "hunter2"))
    with pytest.raises((UnauthorizedError, ForbiddenError)) as caught:
        open_source(reference, wrong).resolve(AMD64)
    assert "hunter2" not in f"{caught.value!r} {caught.value}"


def test_many_threads_share_a_client(
    registry: Registry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    references = [registry.push(f"many/{number}:1", shop) for number in range(12)]

    def read(reference: str) -> list[str]:
        source = open_source(reference, settings)
        return read_layers(source, source.resolve(AMD64))

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(read, references * 3))
    assert results == [[layer.digest for layer in shop.layers]] * 36


@pytest.mark.parametrize("served", ["text/html", "application/json", "binary/octet-stream"])
def test_a_manifest_that_a_proxy_compressed(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, served: str
) -> None:
    reference = hostile.serve("shop", "1", shop)
    packed = Reply(
        body=gzip.compress(shop.data), headers={"Content-Encoding": "gzip", "Content-Type": served}
    )
    hostile.fault("/manifests/", packed, forever=True)
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest


def test_a_manifest_that_grows_without_end(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    bomb = Reply(body=gzip.compress(b" " * (9 << 20)), headers={"Content-Encoding": "gzip"})
    hostile.fault("/manifests/", bomb, forever=True)
    with pytest.raises(ManifestError, match="larger than"):
        open_source(reference, settings).resolve(AMD64)
