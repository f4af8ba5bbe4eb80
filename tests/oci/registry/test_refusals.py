"""What a registry may answer instead of an image, and what is made of it."""

from __future__ import annotations

import json
from email.utils import formatdate

import msgspec
import pytest

from praxi_tasks.errors import (
    DigestMismatchError,
    ForbiddenError,
    ImageError,
    ManifestError,
    NotFoundError,
    PlatformError,
    RegistryUnavailableError,
    UnauthorizedError,
)
from praxi_tasks.oci.image.model import Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, Reply

AMD64 = Platform()


@pytest.mark.parametrize(
    ("status", "kind", "requests"),
    [
        (401, UnauthorizedError, 1),
        (403, ForbiddenError, 1),
        (404, NotFoundError, 1),
        (410, NotFoundError, 1),
        (418, ImageError, 1),
        (429, RegistryUnavailableError, 3),
        (500, RegistryUnavailableError, 3),
        (502, RegistryUnavailableError, 3),
        (503, RegistryUnavailableError, 3),
        (504, RegistryUnavailableError, 3),
        (509, RegistryUnavailableError, 3),
        (522, RegistryUnavailableError, 3),
        (529, RegistryUnavailableError, 3),
        (530, RegistryUnavailableError, 3),
        (501, ImageError, 1),
    ],
)
def test_a_status_becomes_its_error_and_only_some_are_tried_again(
    hostile: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    status: int,
    kind: type[ImageError],
    requests: int,
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply(status), forever=True)
    with pytest.raises(kind) as caught:
        open_source(reference, settings).resolve(AMD64)
    assert type(caught.value) is kind
    assert caught.value.retryable is (requests > 1)
    assert hostile.count("/manifests/") == requests
    assert hostile.host in caught.value.where


def test_a_server_that_recovers_is_tried_again(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply(503), Reply(429, headers={"Retry-After": "0"}))
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest


@pytest.mark.parametrize("header", ["86400", formatdate(4102444800, usegmt=True)])
def test_a_long_retry_after_is_left_to_the_caller(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, header: str
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply(429, headers={"Retry-After": header}), forever=True)
    with pytest.raises(RegistryUnavailableError) as caught:
        open_source(reference, settings).resolve(AMD64)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 80000
    assert hostile.count("/manifests/") == 1


@pytest.mark.parametrize("header", ["soon", "-3", "Wed, 99 Foo", "\u0663"])
def test_a_meaningless_retry_after_is_ignored(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, header: str
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply(429, headers={"Retry-After": header.encode().decode("latin-1")}))
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest


def test_a_timeout_is_retryable(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply(silent=True), forever=True)
    hasty = msgspec.structs.replace(settings, read_timeout=0.05, attempts=2)
    with pytest.raises(RegistryUnavailableError, match="in time"):
        open_source(reference, hasty).resolve(AMD64)


def test_nobody_listening_is_retryable(hostile: HostileRegistry, settings: RegistrySettings) -> None:
    with pytest.raises(RegistryUnavailableError, match=r"can't be reached \(http://127\.0\.0\.1:1/"):
        open_source("127.0.0.1:1/shop:1", settings).resolve(AMD64)


def test_an_error_body_is_shown_in_part_and_without_control_characters(
    hostile: HostileRegistry, settings: RegistrySettings
) -> None:
    said = json.dumps({"errors": [{"code": "DENIED", "message": "\x1b[31mred\n" + "x" * 100_000}]}).encode()
    hostile.fault("/manifests/", Reply(403, said[:60_000] + b'"}]}'), Reply(403, said))
    with pytest.raises(ForbiddenError, match="DENIED") as caught:
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600
    with pytest.raises(ForbiddenError, match="answered 403 "):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"errors": [{"status": 403, "message": "no such user"}]}, "no such user"),
        ({"errors": [{"code": "DENIED", "message": None, "detail": "not yours"}]}, "DENIED: not yours"),
        ({"details": "incorrect username or password"}, "incorrect username or password"),
        ({"error": "invalid_grant", "error_description": "expired"}, "expired"),
        ({"errors": []}, ""),
        ({"errors": ["x"]}, ""),
        ([], ""),
    ],
)
def test_what_a_refusal_says_is_shown_in_whatever_form(
    hostile: HostileRegistry, settings: RegistrySettings, said: object, shown: str
) -> None:
    hostile.fault("/v2/shop", Reply(403, json.dumps(said).encode()), forever=True)
    with pytest.raises(ForbiddenError) as caught:
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)
    assert caught.value.what == "the registry answered 403" + (f" ({shown})" if shown else "")


def test_a_policy_of_the_registry_is_no_mystery(hostile: HostileRegistry, settings: RegistrySettings) -> None:
    hostile.fault("/v2/shop", Reply(412, b'{"errors": [{"code": "PROJECTPOLICYVIOLATION"}]}'), forever=True)
    with pytest.raises(ForbiddenError, match=r"PROJECTPOLICYVIOLATION.*the registry's policy keeps it"):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)


def test_storage_that_refuses_is_not_the_pull_secrets_matter(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hostile.serve("shop", "1", shop)
    target = f"http://{elsewhere.host}/bucket?signature=1"
    hostile.fault("/blobs/", Reply(307, headers={"Location": target}), forever=True)
    elsewhere.fault("/bucket", Reply(403, b"<Error><Code>AccessDenied</Code></Error>"), forever=True)
    with pytest.raises(ForbiddenError, match="ask whoever runs the registry why the place that it leads to"):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)


@pytest.mark.parametrize(
    ("code", "kind"), [("MANIFEST_UNKNOWN", NotFoundError), ("UNAVAILABLE", ImageError), (None, ImageError)]
)
def test_an_error_that_is_served_as_a_success(
    hostile: HostileRegistry, settings: RegistrySettings, code: str | None, kind: type[ImageError]
) -> None:
    document = {"errors": [{"code": code, "message": "no such thing"}]}
    with pytest.raises(kind, match=r"an error in place of a manifest .*no such thing") as caught:
        open_source(serve_document(hostile, document), settings).resolve(AMD64)
    assert type(caught.value) is kind


def test_an_answer_of_nothing_is_asked_for_again(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply())
    hostile.fault("/blobs/", Reply())
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest
    hostile.fault("/manifests/", Reply(), forever=True)
    with pytest.raises(RegistryUnavailableError, match="the registry answered with nothing"):
        open_source(reference, settings).resolve(AMD64)


def test_what_a_proxy_says_it_may_have_changed_is_read(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.fault("/manifests/", Reply(203, shop.data, {"Content-Type": shop.media_type}))
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest


def serve_document(hostile: HostileRegistry, document: object, media_type: str = images.OCI_MANIFEST) -> str:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    hostile.put("/v2/odd/manifests/1", data, media_type)
    return f"{hostile.host}/odd:1"


SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
DESCRIPTOR = {"mediaType": images.OCI_CONFIG, "digest": f"sha256:{'0' * 64}", "size": 2}
LAYER = {**DESCRIPTOR, "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"}


@pytest.mark.parametrize(
    ("document", "media_type", "message"),
    [
        (b"login", "text/html", "not JSON"),
        (b"{", images.OCI_MANIFEST, "not JSON"),
        (b"\xff\xfe", images.OCI_MANIFEST, "not JSON"),
        (b"[" * 100_000, images.OCI_MANIFEST, "malformed"),
        ([], images.OCI_MANIFEST, "malformed"),
        ({}, images.OCI_MANIFEST, "no config"),
        (
            {"config": {**DESCRIPTOR, "mediaType": "application/vnd.oci.empty.v1+json"}, "layers": [LAYER]},
            images.OCI_MANIFEST,
            "an artifact",
        ),
        (
            {"config": DESCRIPTOR, "layers": [], "artifactType": "application/spdx+json"},
            images.OCI_MANIFEST,
            "an artifact",
        ),
        ({"schemaVersion": 1, "fsLayers": []}, SIGNED, "schema 1"),
        ({"schemaVersion": 1, "name": "x"}, images.OCI_MANIFEST, "schema 1"),
        ({"config": DESCRIPTOR, "layers": [LAYER], "manifests": []}, images.OCI_MANIFEST, "both an image"),
        ({"config": DESCRIPTOR, "layers": [LAYER]}, images.OCI_INDEX, "media type"),
        ({"manifests": [], "mediaType": images.OCI_MANIFEST}, images.OCI_INDEX, "media type"),
        ({"config": DESCRIPTOR, "layers": [], "mediaType": "text/html"}, "", "media type"),
        ({"config": DESCRIPTOR, "layers": [{**LAYER, "size": -1}]}, images.OCI_MANIFEST, "malformed"),
        ({"config": DESCRIPTOR, "layers": [{**LAYER, "digest": "sha256:../../x"}]}, "", "digest"),
        ({"config": DESCRIPTOR, "layers": [{**LAYER, "digest": "md5:00"}]}, "", "digest"),
        (
            {"config": DESCRIPTOR, "layers": [{**LAYER, "mediaType": f"{LAYER['mediaType']}+encrypted"}]},
            images.OCI_MANIFEST,
            "not a layer",
        ),
        (
            {
                "config": DESCRIPTOR,
                "layers": [{**LAYER, "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip"}],
            },
            images.OCI_MANIFEST,
            "not a layer",
        ),
    ],
)
def test_a_manifest_that_is_none(
    hostile: HostileRegistry, settings: RegistrySettings, document: object, media_type: str, message: str
) -> None:
    reference = serve_document(hostile, document, media_type)
    with pytest.raises(ManifestError, match=message):
        open_source(reference, settings).resolve(AMD64)


@pytest.mark.parametrize(
    "media_type",
    ["", "application/json", "application/octet-stream", "text/plain; x=y", "text/html", "no media type"],
)
def test_a_server_that_does_not_know_media_types(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, media_type: str
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.put("/v2/shop/manifests/1", shop.data, media_type)
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest


def test_a_huge_manifest_is_not_read(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = serve_document(hostile, b" " * (1 << 20))
    small = msgspec.structs.replace(settings, max_manifest_bytes=1 << 16)
    with pytest.raises(ManifestError, match="larger than 65536 bytes"):
        open_source(reference, small).resolve(AMD64)


def test_a_truncated_manifest_is_asked_for_again(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    whole = Reply(body=shop.data, headers={"Content-Type": shop.media_type}, cut=100)
    hostile.fault("/manifests/", whole)
    assert open_source(reference, settings).resolve(AMD64).digest == shop.digest


def test_a_manifest_with_another_digest(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    hostile.serve("shop", "1", shop)
    pinned = f"sha256:{'0' * 64}"
    hostile.put(f"/v2/shop/manifests/{pinned}", shop.data, shop.media_type)
    with pytest.raises(DigestMismatchError, match=pinned):
        open_source(f"{hostile.host}/shop@{pinned}", settings).resolve(AMD64)


def test_a_missing_config(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.remove(f"/v2/shop/blobs/{shop.config_digest}")
    with pytest.raises(ManifestError, match="configuration is missing"):
        open_source(reference, settings).resolve(AMD64)


@pytest.mark.parametrize("body", [b"{}", b"null", b"not json"])
def test_a_config_with_another_digest_or_form(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, body: bytes
) -> None:
    reference = hostile.serve("shop", "1", shop)
    hostile.put(f"/v2/shop/blobs/{shop.config_digest}", body)
    with pytest.raises(DigestMismatchError):
        open_source(reference, settings).resolve(AMD64)
    broken = {**shop.document, "config": {**DESCRIPTOR, "digest": images.digest_of(body)}}
    hostile.put(f"/v2/odd/blobs/{images.digest_of(body)}", body)
    reference = serve_document(hostile, broken)
    if body == b"{}":
        assert open_source(reference, settings).resolve(AMD64).platform == AMD64
    else:
        with pytest.raises(ManifestError, match="configuration is malformed"):
            open_source(reference, settings).resolve(AMD64)


def test_an_index_without_our_platform(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    arm = images.image(shop.layers, architecture="arm64")
    reference = hostile.serve("multi", "1", images.index([arm, images.attestation(arm)]))
    with pytest.raises(PlatformError, match=r"choose one of: linux/arm64$"):
        open_source(reference, settings).resolve(AMD64)
    empty = hostile.serve("multi", "0", images.index([]))
    with pytest.raises(PlatformError, match="the index is empty"):
        open_source(empty, settings).resolve(AMD64)


def test_indexes_in_indexes_have_an_end(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    nested = images.index([images.index([shop])])
    assert open_source(hostile.serve("deep", "2", nested), settings).resolve(AMD64).digest == shop.digest
    for _ in range(4):
        nested = images.index([nested])
    with pytest.raises(ManifestError, match="nested deeper"):
        open_source(hostile.serve("deep", "6", nested), settings).resolve(AMD64)


def test_a_wide_index_of_unnamed_manifests_has_an_end(
    hostile: HostileRegistry, settings: RegistrySettings
) -> None:
    arms = [images.image([], architecture="arm64", config={"n": number}) for number in range(66)]
    wide = images.index(arms)
    document = wide.document
    for entry in document["manifests"]:
        del entry["platform"]
    hostile.serve("wide", "1", wide)
    hostile.put("/v2/wide/manifests/1", json.dumps(document).encode(), images.OCI_INDEX)
    with pytest.raises(ManifestError, match="more than 64 manifests"):
        open_source(f"{hostile.host}/wide:1", settings).resolve(AMD64)


def test_an_entry_that_the_registry_does_not_have(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    reference = hostile.serve("multi", "1", images.index([shop]))
    hostile.remove(f"/v2/multi/manifests/{shop.digest}")
    with pytest.raises(NotFoundError):
        open_source(reference, settings).resolve(AMD64)
