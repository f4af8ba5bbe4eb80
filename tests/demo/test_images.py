"""Every image of the demonstration shows what it is there to show, and tells nothing about its builder."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import urllib.request
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import zstandard

from demo.images import IMAGE_SPECS
from demo.publish import MANIFESTS
from demo.timeline import Published

pytestmark = [pytest.mark.server, pytest.mark.slow]
DATABASES = ("var/lib/dpkg/status/", ".dist-info/", ".egg-info")


def fetch(image: Published, kind: str, name: str) -> bytes:
    host, _, repository = image.reference.rpartition(":")[0].partition("/")
    url = f"http://{host}/v2/{repository}/{kind}/{name}"
    with urllib.request.urlopen(
        urllib.request.Request(url, headers={"Accept": ", ".join(MANIFESTS)})
    ) as body:
        return bytes(body.read())


def manifest(image: Published) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fetch(image, "manifests", image.digest))
    if "manifests" in found:
        found = json.loads(fetch(image, "manifests", found["manifests"][0]["digest"]))
    return found


def layers(image: Published) -> list[str]:
    return [layer["digest"] for layer in manifest(image)["layers"]]


@cache
def names(image: Published, digest: str) -> frozenset[str]:
    blob = fetch(image, "blobs", digest)
    if blob.startswith(b"\x28\xb5\x2f\xfd"):
        blob = zstandard.ZstdDecompressor().decompressobj().decompress(blob)
    with tarfile.open(fileobj=io.BytesIO(blob)) as archive:
        return frozenset(archive.getnames())


def claims(image: Published) -> Iterator[tuple[int, str]]:
    """Yield the layer and path of every file of a package database."""
    for number, digest in enumerate(layers(image)):
        for name in names(image, digest):
            if any(part in f"{name}/" for part in DATABASES):
                yield number, name


def test_each_spec_with_a_reference_is_published(demo_images: dict[str, Published]) -> None:
    assert set(demo_images) == {spec.name for spec in IMAGE_SPECS if spec.reference}
    assert len(demo_images) >= 6
    assert all(len(layers(image)) >= 2 for image in demo_images.values())


def test_python_images_share_their_lower_layers(demo_images: dict[str, Published]) -> None:
    web, worker, migrate = (layers(demo_images[name]) for name in ("web", "worker", "migrate"))
    assert web[:2] == worker[:2]
    assert web[2:] != worker[2:]
    assert migrate[: len(worker)] == worker


def test_web_has_its_databases(demo_images: dict[str, Published]) -> None:
    found = {name for _, name in claims(demo_images["web"])}
    assert any(name.endswith("var/lib/dpkg/status") for name in found)
    assert any("flask-3.0.3.dist-info" in name.lower() for name in found)


def test_legacy_deletes_databases_that_earlier_layers_hold(demo_images: dict[str, Published]) -> None:
    image = demo_images["legacy"]
    last = len(layers(image)) - 1
    assert {number for number, _ in claims(image)} >= {0, 1, 2}
    assert {"var/lib/.wh.dpkg"} <= names(image, layers(image)[last])


def test_no_layer_of_signer_has_a_database(demo_images: dict[str, Published]) -> None:
    image = demo_images["signer"]
    assert list(claims(image)) == []
    everything = {name for digest in layers(image) for name in names(image, digest)}
    assert {"opt/vault/jwt/__init__.py", "usr/sbin/nginx"} <= everything


def test_collector_is_an_index_of_two_platforms(demo_images: dict[str, Published]) -> None:
    image = demo_images["collector"]
    index = json.loads(fetch(image, "manifests", image.digest))
    assert len({entry["platform"]["architecture"] for entry in index["manifests"]}) == 2


def test_cache_has_a_zstd_layer(demo_images: dict[str, Published]) -> None:
    kinds = [layer["mediaType"] for layer in manifest(demo_images["cache"])["layers"]]
    assert any(kind.endswith("+zstd") for kind in kinds)


def test_images_do_not_tell_where_packages_came_from(demo_images: dict[str, Published]) -> None:
    sources = "$(SITE)"
    hosts = subprocess.run(
        ["apt-get", "indextargets", "--format", sources], capture_output=True, text=True, check=True
    )
    sites = {line.partition("://")[2].partition("/")[0] for line in hosts.stdout.splitlines()} - {""}
    for image in demo_images.values():
        config = fetch(image, "blobs", image.config).decode()
        assert not any(site in config for site in sites)
        for digest in layers(image):
            held = names(image, digest)
            assert not {"etc/apt/sources.list", "etc/pip.conf", "mnt/wheels", "mnt/debs"} & held
