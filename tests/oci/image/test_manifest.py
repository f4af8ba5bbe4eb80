"""Whatever JSON is served as a manifest: it is one, or a typed error says why not."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import ManifestError, NotAnImageError
from praxi_tasks.oci.image.digest import is_digest
from praxi_tasks.oci.image.manifest import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    ImageManifest,
    Index,
    parse_manifest,
)
from tests.support import images

DIGEST = f"sha256:{'0' * 64}"
ODD: st.SearchStrategy[Any] = (
    st.none() | st.integers() | st.text(max_size=3) | st.lists(st.none(), max_size=1)
)
DESCRIPTORS = st.fixed_dictionaries(
    {"digest": st.sampled_from([DIGEST, "sha256:x"]) | ODD, "size": st.integers(-1, 1 << 70) | ODD},
    optional={
        "mediaType": st.sampled_from([OCI_MANIFEST, "application/vnd.oci.image.layer.v1.tar+gzip"]) | ODD,
        "platform": st.fixed_dictionaries({}, optional={"os": ODD, "architecture": ODD}) | ODD,
        "urls": st.lists(st.text(max_size=3), max_size=2) | ODD,
        "annotations": st.dictionaries(st.text(max_size=3), ODD, max_size=2) | ODD,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "schemaVersion": st.sampled_from([1, 2]) | ODD,
        "mediaType": st.sampled_from([OCI_MANIFEST, OCI_INDEX, DOCKER_LIST]) | ODD,
        "config": DESCRIPTORS | ODD,
        "layers": st.lists(DESCRIPTORS, max_size=2) | ODD,
        "manifests": st.lists(DESCRIPTORS, max_size=2) | ODD,
    },
)


@given(DOCUMENTS, st.sampled_from(["", "text/plain", OCI_MANIFEST, OCI_INDEX, "odd/type", "; charset=x"]))
def test_a_document_is_a_manifest_or_an_error(document: dict[str, Any], media_type: str) -> None:
    try:
        found = parse_manifest(msgspec.json.encode(document), media_type, "x")
    except ManifestError:
        return
    entries = found.entries if isinstance(found, Index) else (found.config, *found.layers)
    assert all(is_digest(entry.digest) and entry.size >= 0 for entry in entries)
    assert isinstance(found, Index) is (document.get("config") is None)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(ManifestError):
        parse_manifest(data, "", "x")


def test_reads_what_the_tests_write(shop: images.Manifest) -> None:
    manifest = parse_manifest(shop.data, shop.media_type, "x")
    assert isinstance(manifest, ImageManifest)
    assert [layer.digest for layer in manifest.layers] == [layer.digest for layer in shop.layers]
    assert manifest.config.digest == shop.config_digest


@pytest.mark.parametrize("layers", [{}, {"layers": None}, {"layers": []}])
def test_an_image_without_layers(layers: dict[str, object]) -> None:
    config = {"mediaType": images.DOCKER_CONFIG, "digest": f"sha256:{'0' * 64}", "size": 2}
    data = json.dumps({"schemaVersion": 2, "config": config, **layers}).encode()
    manifest = parse_manifest(data, DOCKER_MANIFEST, "x")
    assert isinstance(manifest, ImageManifest)
    assert manifest.layers == ()


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.oci.image.layer.v1.tar+zstd:chunked",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.docker.container.image.rootfs.diff+x-gtar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip; charset=utf-8",
        "Application/Vnd.Oci.Image.Layer.V1.Tar",
        "application/octet-stream",
        "application/x-gzip",
        "",
    ],
)
def test_layers_of_odd_but_common_types(media_type: str) -> None:
    digest = f"sha256:{'0' * 64}"
    config = {"mediaType": images.OCI_CONFIG, "digest": digest, "size": 2}
    layer = {"mediaType": media_type, "digest": digest, "size": 2}
    document = {"schemaVersion": 2, "config": config, "layers": [layer]}
    assert parse_manifest(json.dumps(document).encode(), "", "x")
    if media_type in {"", "application/octet-stream", "application/x-gzip"}:
        document["config"] = {**config, "mediaType": "application/vnd.cncf.helm.config.v1+json"}
        with pytest.raises(NotAnImageError):
            parse_manifest(json.dumps(document).encode(), "", "x")


@pytest.mark.parametrize(
    "odd",
    [
        None,
        1,
        {},
        {"digest": "junk", "size": 1},
        {"digest": DIGEST, "size": -1},
        {"digest": "md5:0", "size": 1},
    ],
    ids=str,
)
def test_a_malformed_entry_of_an_index_says_nothing_of_the_others(odd: object) -> None:
    good = {"digest": DIGEST, "size": 2, "platform": {"os": 5, "architecture": "amd64", "variant": None}}
    data = json.dumps({"schemaVersion": 2, "manifests": [odd, good]}).encode()
    found = parse_manifest(data, OCI_INDEX, "x")
    assert isinstance(found, Index)
    assert (found.entries[0].digest, len(found.entries), found.unread) == (DIGEST, 1, 1)


def test_an_index_that_lists_null_is_empty() -> None:
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": None}
    assert parse_manifest(json.dumps(document).encode(), "", "x") == Index(())
    assert parse_manifest(b'{"schemaVersion": 2}', DOCKER_LIST, "x") == Index(())
