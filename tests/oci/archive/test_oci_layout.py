"""OCI layouts in folders and archives, honest and hostile."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from praxi_tasks.errors import (
    DigestMismatchError,
    LimitExceededError,
    ManifestError,
    NotAnImageError,
    NotFoundError,
    TruncatedBlobError,
    UsageError,
)
from praxi_tasks.oci.image.model import Image, ImageSource, Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images

AMD64, ARM64 = Platform(), Platform("linux", "arm64")
SETTINGS = RegistrySettings()
ARM = images.image([images.layer({"arm": b"64"})], architecture="arm64")


def read_all(source: ImageSource, image: Image) -> list[bytes]:
    found = []
    for layer in image.layers:
        with source.open_blob(layer) as blob:
            found.append(b"".join(iter(lambda: blob.read(1000), b"")))
    return found


@pytest.fixture(params=["oci", "oci-archive"])
def layout(request: pytest.FixtureRequest, tmp_path: Path, shop: images.Manifest) -> str:
    """A layout with two tags, one of them multi-arch."""
    tags = {"shop": shop, "multi:1": images.index([ARM, images.attestation(shop), shop])}
    if request.param == "oci":
        return f"oci:{images.write_layout(tmp_path / 'lay:out', tags)}"
    return f"oci-archive:{images.write_oci_archive(tmp_path / 'lay:out.tar', tags)}"


def test_reads_by_name_and_digest(layout: str, shop: images.Manifest) -> None:
    for selector in (":shop", f"@{shop.digest}", ":multi:1"):
        source = open_source(layout + selector, SETTINGS)
        image = source.resolve(AMD64)
        assert image.digest == shop.digest
        assert image.reference == layout + selector
        assert read_all(source, image) == [layer.data for layer in shop.layers]
    assert open_source(f"{layout}:multi:1", SETTINGS).resolve(ARM64).digest == ARM.digest


def test_a_confined_run_reads_below_its_roots_only(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(layout.partition(":")[2]).parent
    monkeypatch.setenv("PRAXI_READABLE_ROOTS", f"s3://bucket/x {folder.as_uri()}")
    assert open_source(f"{layout}:shop", SETTINGS).resolve(AMD64)
    monkeypatch.setenv("PRAXI_READABLE_ROOTS", f"s3://bucket/x {folder.as_uri()}/other")
    with pytest.raises(UsageError, match="may not read") as caught:
        open_source(f"{layout}:shop", SETTINGS)
    assert str(folder) not in str(caught.value)


def test_several_images_need_a_name(layout: str) -> None:
    with pytest.raises(UsageError, match="one of: multi:1, shop"):
        open_source(layout, SETTINGS).resolve(AMD64)
    with pytest.raises(NotFoundError, match="one of: multi:1, shop"):
        open_source(f"{layout}:gone", SETTINGS).resolve(AMD64)
    with pytest.raises(NotFoundError):
        open_source(f"{layout}@sha256:{'0' * 64}", SETTINGS).resolve(AMD64)
    with pytest.raises(ManifestError, match="not a sha256"):
        open_source(f"{layout}@latest", SETTINGS).resolve(AMD64)


@pytest.mark.parametrize("kind", ["oci", "oci-archive", "docker-archive"])
def test_a_path_that_does_not_exist(kind: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        open_source(f"{kind}:{tmp_path}/gone:latest", SETTINGS).resolve(AMD64)


def test_one_image_needs_no_name_and_its_platform_is_its_own(tmp_path: Path) -> None:
    images.write_layout(tmp_path, {"only": ARM})
    assert open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64).platform == ARM64


def test_platforms_of_one_name_side_by_side(tmp_path: Path, shop: images.Manifest) -> None:
    images.write_layout(tmp_path, {"a": ARM, "b": shop})
    index = json.loads((tmp_path / "index.json").read_text())
    for entry in index["manifests"]:
        entry["annotations"] = {"io.containerd.image.name": "quay.io/shop:1"}
        del entry["platform"]
    (tmp_path / "index.json").write_text(json.dumps(index))
    for text in (f"oci:{tmp_path}", f"oci:{tmp_path}:quay.io/shop:1"):
        assert open_source(text, SETTINGS).resolve(AMD64).digest == shop.digest
        assert open_source(text, SETTINGS).resolve(ARM64).digest == ARM.digest


def test_an_empty_layout(tmp_path: Path) -> None:
    images.write_layout(tmp_path, {})
    with pytest.raises(NotFoundError, match="has no image"):
        open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64)
    (tmp_path / "index.json").unlink()
    with pytest.raises(NotFoundError, match=r"index\.json"):
        open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64)


def blob_path(folder: Path, digest: str) -> Path:
    return folder / "blobs" / digest.replace(":", "/")


def test_blobs_that_are_not_what_they_should_be(tmp_path: Path, shop: images.Manifest) -> None:
    images.write_layout(tmp_path, {"shop": shop})
    source = open_source(f"oci:{tmp_path}", SETTINGS)
    image = source.resolve(AMD64)
    path = blob_path(tmp_path, image.layers[0].digest)
    whole = path.read_bytes()
    for content, kind in (
        (whole[:-1] + b"!", DigestMismatchError),
        (whole + b"!", DigestMismatchError),
        (whole[:-1], TruncatedBlobError),
        (b"", TruncatedBlobError),
    ):
        path.write_bytes(content)
        with pytest.raises(kind):
            read_all(source, image)
    path.unlink()
    with pytest.raises(NotFoundError):
        read_all(source, image)


@pytest.mark.parametrize("what", ["pipe", "folder", "device"])
def test_a_blob_that_is_no_file(tmp_path: Path, shop: images.Manifest, what: str) -> None:
    images.write_layout(tmp_path, {"shop": shop})
    path = blob_path(tmp_path, shop.config_digest)
    path.unlink()
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(ManifestError, match="not a regular file"):
        open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64)


def test_a_missing_config_and_an_altered_manifest(tmp_path: Path, shop: images.Manifest) -> None:
    images.write_layout(tmp_path, {"shop": shop})
    blob_path(tmp_path, shop.config_digest).unlink()
    with pytest.raises(ManifestError, match="configuration is missing"):
        open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64)
    blob_path(tmp_path, shop.digest).write_bytes(shop.data + b" ")
    with pytest.raises(DigestMismatchError):
        open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64)


def test_a_huge_index_is_not_read(tmp_path: Path, shop: images.Manifest) -> None:
    images.write_layout(tmp_path, {"shop": shop})
    small = msgspec.structs.replace(SETTINGS, max_manifest_bytes=100)
    with pytest.raises(LimitExceededError, match="larger than 100 bytes"):
        open_source(f"oci:{tmp_path}", small).resolve(AMD64)


@pytest.mark.parametrize("flag", ["-czf", "-cJf"])
def test_an_archive_compressed_as_a_whole(tmp_path: Path, shop: images.Manifest, flag: str) -> None:
    images.write_layout(tmp_path / "layout", {"shop": shop})
    subprocess.run(["tar", flag, str(tmp_path / "x.tar"), "-C", str(tmp_path / "layout"), "."], check=True)
    with pytest.raises(ManifestError, match="compressed as a whole"):
        open_source(f"oci-archive:{tmp_path}/x.tar", SETTINGS).resolve(AMD64)


@pytest.mark.parametrize("form", ["ustar", "gnu", "pax"])
def test_archives_of_real_tar(tmp_path: Path, shop: images.Manifest, form: str) -> None:
    images.write_layout(tmp_path / "layout", {"shop": shop})
    subprocess.run(
        ["tar", f"--format={form}", "-cf", str(tmp_path / "x.tar"), "-C", str(tmp_path / "layout"), "."],
        check=True,
    )
    source = open_source(f"oci-archive:{tmp_path}/x.tar:shop", SETTINGS)
    image = source.resolve(AMD64)
    assert read_all(source, image) == [layer.data for layer in shop.layers]


def test_what_skopeo_writes(tmp_path: Path) -> None:
    layers = [images.layer({"a": b"a"}), images.layer({"b": b"b"}, compression="none")]
    made = images.image(layers)
    images.write_layout(tmp_path / "layout", {"shop": made})
    for target in (f"oci-archive:{tmp_path}/o.tar:name:1", f"docker-archive:{tmp_path}/d.tar:shop:1"):
        subprocess.run(
            ["skopeo", "copy", "-q", "--insecure-policy", f"oci:{tmp_path}/layout:shop", target], check=True
        )
    source = open_source(f"oci-archive:{tmp_path}/o.tar:name:1", SETTINGS)
    assert source.resolve(AMD64).config_digest == made.config_digest
    saved = open_source(f"docker-archive:{tmp_path}/d.tar:shop:1", SETTINGS)
    image = saved.resolve(AMD64)
    assert [layer.digest for layer in image.layers] == [layer.diff_id for layer in layers]
    assert read_all(saved, image) == [layer.tar for layer in layers]


def artifact(**more: object) -> images.Manifest:
    """A signature, an SBOM or a chart, as tools put it beside an image."""
    made = images.image([images.layer({"sbom.json": b"{}"})])
    document = {**made.document, **more}
    return dataclasses.replace(made, data=json.dumps(document).encode(), platform={})


BLOB = {"digest": f"sha256:{'0' * 64}", "size": 2}
ARTIFACTS = [
    artifact(artifactType="application/spdx+json"),
    artifact(config={**BLOB, "mediaType": "application/vnd.oci.empty.v1+json"}),
    artifact(layers=[{**BLOB, "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json"}]),
    artifact(layers=[{**BLOB, "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip"}]),
]


@pytest.mark.parametrize("other", ARTIFACTS)
@pytest.mark.parametrize("first", [True, False])
def test_artifacts_beside_an_image(
    tmp_path: Path, shop: images.Manifest, other: images.Manifest, first: bool
) -> None:
    image = dataclasses.replace(shop, platform={})
    both = [other, image] if first else [image, other]
    images.write_layout(tmp_path / "index", {"both": images.index(both)})
    images.write_layout(tmp_path / "layout", {f"tag{number}": one for number, one in enumerate(both)})
    for folder in ("index", "layout"):
        assert open_source(f"oci:{tmp_path}/{folder}", SETTINGS).resolve(AMD64).digest == image.digest


def test_an_index_of_artifacts_only(tmp_path: Path) -> None:
    images.write_layout(tmp_path, {"sbom": images.index(ARTIFACTS[1:])})
    with pytest.raises(NotAnImageError, match="artifact"):
        open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64)


def test_a_configuration_that_its_manifest_holds(tmp_path: Path, shop: images.Manifest) -> None:
    config = shop.blobs[shop.config_digest]
    inline = {**shop.document["config"], "data": base64.b64encode(config).decode()}
    made = dataclasses.replace(shop, data=json.dumps({**shop.document, "config": inline}).encode())
    images.write_layout(tmp_path, {"shop": made})
    blob_path(tmp_path, shop.config_digest).unlink()
    assert open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64).config_digest == shop.config_digest
    for odd in ("e30=", "no base64!", 7, None, ""):
        other = {**inline, "data": odd}
        made = dataclasses.replace(shop, data=json.dumps({**shop.document, "config": other}).encode())
        images.write_layout(tmp_path, {"shop": made})
        assert open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64).config_digest == shop.config_digest


def with_layer(shop: images.Manifest, **fields: object) -> images.Manifest:
    """Return the image with other fields of its lowest layer's descriptor."""
    first, *others = shop.document["layers"]
    document = {**shop.document, "layers": [{**first, **fields}, *others]}
    return dataclasses.replace(shop, data=json.dumps(document).encode())


def test_a_layer_that_its_manifest_holds(tmp_path: Path, shop: images.Manifest) -> None:
    digest, size = (shop.document["layers"][0][name] for name in ("digest", "size"))
    content = base64.b64encode(shop.blobs[digest]).decode()
    images.write_layout(tmp_path, {"shop": with_layer(shop, data=content)})
    blob_path(tmp_path, digest).unlink()
    source = open_source(f"oci:{tmp_path}", SETTINGS)
    layer = source.resolve(AMD64).layers[0]
    with source.open_blob(layer) as blob:
        assert blob.read(1 << 20) == shop.blobs[digest]
    images.write_layout(tmp_path, {"shop": with_layer(shop, data=content, size=size - 1)})
    short = source.resolve(AMD64).layers[0]
    with pytest.raises(DigestMismatchError), source.open_blob(short) as blob:
        blob.read(1 << 20)


@pytest.mark.parametrize("data", ["e30=", "no base64!", 7, None, "", [["e30="]]])
def test_a_layer_of_which_its_manifest_holds_something_else_is_fetched(
    tmp_path: Path, shop: images.Manifest, data: object
) -> None:
    images.write_layout(tmp_path, {"shop": with_layer(shop, data=data)})
    source = open_source(f"oci:{tmp_path}", SETTINGS)
    layer = source.resolve(AMD64).layers[0]
    assert layer.data == b""
    with source.open_blob(layer) as blob:
        assert blob.read(1 << 20) == shop.blobs[layer.digest]


def test_a_manifest_that_holds_much_of_its_layers_is_not_carried_along(
    tmp_path: Path, shop: images.Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("praxi_tasks.oci.image.manifest._MOST_INLINE", 10)
    content = base64.b64encode(shop.blobs[shop.document["layers"][0]["digest"]]).decode()
    images.write_layout(tmp_path, {"shop": with_layer(shop, data=content)})
    assert open_source(f"oci:{tmp_path}", SETTINGS).resolve(AMD64).layers[0].data == b""
