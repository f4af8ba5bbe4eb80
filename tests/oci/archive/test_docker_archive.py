"""What ``docker save`` writes, in its old form and its new one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from praxi_tasks.errors import ImageError, ManifestError, NotFoundError, UsageError
from praxi_tasks.oci.image.model import Image, Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.images import Entry, Symlink

AMD64 = Platform()
PLAIN = images.layer({"etc/os-release": b"ID=debian"}, compression="none")
GZIP = images.layer({"app": b"x" * 5000})
SHOP = images.image([PLAIN, GZIP, PLAIN])
BASE = images.image([PLAIN], architecture="arm64")


def write(folder: Path, files: dict[str, Entry]) -> str:
    (folder / "saved.tar").write_bytes(images.tar_bytes(files))
    return f"docker-archive:{folder}/saved.tar"


def resolve(text: str) -> Image:
    return open_source(text, RegistrySettings()).resolve(AMD64)


def read_all(text: str, image: Image) -> list[bytes]:
    """Read the layers from a source that has not resolved the image, as another process does."""
    source, found = open_source(text, RegistrySettings()), []
    for layer in image.layers:
        with source.open_blob(layer) as blob:
            found.append(b"".join(iter(lambda: blob.read(1 << 20), b"")))
    return found


def test_the_digest_of_a_layer_is_of_its_bytes(tmp_path: Path) -> None:
    text = write(tmp_path, images.docker_archive_files({"shop:1": SHOP}))
    image = resolve(text)
    assert [layer.digest for layer in image.layers] == [PLAIN.diff_id, GZIP.digest, PLAIN.diff_id]
    assert [layer.media_type.rpartition(".")[2] for layer in image.layers] == ["tar", "gzip", "tar"]
    assert read_all(text, image) == [PLAIN.data, GZIP.data, PLAIN.data]
    assert image.config_digest == SHOP.config_digest
    assert resolve(text).digest == image.digest


def test_a_name_chooses(tmp_path: Path) -> None:
    text = write(tmp_path, images.docker_archive_files({"shop:1": SHOP, "quay.io/base:2": BASE}))
    assert resolve(f"{text}:docker.io/library/shop:1").config_digest == SHOP.config_digest
    assert resolve(f"{text}:quay.io/base:2").platform == Platform("linux", "arm64")
    assert resolve(f"{text}:shop:1").digest != resolve(f"{text}:quay.io/base:2").digest
    with pytest.raises(UsageError, match=r"one of: quay\.io/base:2, shop:1"):
        resolve(text)
    with pytest.raises(NotFoundError, match="no image 'other:1'"):
        resolve(f"{text}:other:1")


def test_layers_may_be_links(tmp_path: Path) -> None:
    files = images.docker_archive_files({"shop:1": BASE})
    layer = next(name for name in files if name.endswith("layer.tar"))
    files["real/layer.tar"] = files[layer]
    files[layer] = Symlink("../real/layer.tar")
    text = write(tmp_path, files)
    assert read_all(text, resolve(text)) == [PLAIN.data]


def test_a_link_that_leads_round_or_out(tmp_path: Path) -> None:
    files = images.docker_archive_files({"shop:1": BASE})
    layer = next(name for name in files if name.endswith("layer.tar"))
    for target in ("layer.tar", "../../../../etc/passwd", "/etc/passwd"):
        files[layer] = Symlink(target)
        with pytest.raises(NotFoundError):
            resolve(write(tmp_path, files))


def test_the_new_form_is_read_as_the_layout_it_is(tmp_path: Path) -> None:
    files: dict[str, Entry] = {**images.layout_files({"1": SHOP})}
    blobs = [f"blobs/{layer.digest.replace(':', '/')}" for layer in SHOP.layers]
    listing = [{"Config": f"blobs/sha256/{SHOP.config_digest[7:]}", "RepoTags": ["shop:1"], "Layers": blobs}]
    files["manifest.json"] = json.dumps(listing).encode()
    text = write(tmp_path, files)
    assert resolve(text).digest == SHOP.digest
    del files["index.json"]
    text = write(tmp_path, files)
    assert read_all(text, resolve(text)) == [PLAIN.data, GZIP.data, PLAIN.data]


def listed(**changes: object) -> bytes:
    files = images.docker_archive_files({"shop:1": BASE})
    listing = files["manifest.json"]
    assert isinstance(listing, bytes)
    return json.dumps([{**json.loads(listing)[0], **changes}]).encode()


@pytest.mark.parametrize(
    ("listing", "kind", "message"),
    [
        (b"", ManifestError, "not a list"),
        (b"{}", ManifestError, "not a list"),
        (b"[]", NotFoundError, "no image"),
        (listed(Config="gone.json"), ManifestError, "configuration is missing"),
        (listed(Config="manifest.json"), ManifestError, "configuration is malformed|no list of layers"),
        (listed(Layers=[]), ManifestError, "counts other layers"),
        (listed(Layers=["gone/layer.tar"]), NotFoundError, "gone/layer.tar"),
    ],
)
def test_listings_that_are_none(tmp_path: Path, listing: bytes, kind: type[ImageError], message: str) -> None:
    files = images.docker_archive_files({"shop:1": BASE})
    files["manifest.json"] = listing
    with pytest.raises(kind, match=message):
        resolve(write(tmp_path, files))


@pytest.mark.parametrize("content", [b"", b"\0" * 1024, b"x" * 1024, b"x" * 100])
def test_a_file_that_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(ImageError):
        resolve(f"docker-archive:{tmp_path}/x.tar")


@pytest.mark.parametrize("rootfs", [{"rootfs": {"diff_ids": None}}, {"rootfs": None}, {}])
@pytest.mark.parametrize("layers", [{}, {"Layers": None}, {"Layers": []}])
def test_an_image_without_layers(
    tmp_path: Path, layers: dict[str, object], rootfs: dict[str, object]
) -> None:
    config = json.dumps({"architecture": "amd64", "os": "linux", **rootfs}).encode()
    listing = json.dumps([{"Config": "c.json", "RepoTags": [None, "a/b:1"], **layers}]).encode()
    assert resolve(write(tmp_path, {"c.json": config, "manifest.json": listing})).layers == ()
