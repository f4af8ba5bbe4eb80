"""Blobs over connections that break, lie and lead elsewhere."""

from __future__ import annotations

import gzip

import msgspec
import pytest

from praxi_tasks.errors import DigestMismatchError, ManifestError, NotFoundError, TruncatedBlobError
from praxi_tasks.oci.image.model import Descriptor, ImageSource, Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.hostile_registry import Asked, HostileRegistry, Reply

DATA = bytes(range(256)) * 4000
DIGEST = images.digest_of(DATA)
LAYER = Descriptor("application/vnd.oci.image.layer.v1.tar", DIGEST, len(DATA))
PATH = f"/v2/shop/blobs/{DIGEST}"


@pytest.fixture
def source(hostile: HostileRegistry, settings: RegistrySettings) -> ImageSource:
    """An image whose registry serves ``DATA``."""
    hostile.put(PATH, DATA)
    return open_source(f"{hostile.host}/shop:1", settings)


def read(source: ImageSource, layer: Descriptor = LAYER, size: int = 10_000) -> bytes:
    with source.open_blob(layer) as blob:
        return b"".join(iter(lambda: blob.read(size), b""))


def test_reads_all(source: ImageSource) -> None:
    assert read(source) == DATA


@pytest.mark.parametrize("size", [1 << 20, len(DATA), 4096])
def test_a_broken_download_goes_on_where_it_broke(
    source: ImageSource, hostile: HostileRegistry, size: int
) -> None:
    def rest_in_part(asked: Asked) -> Reply:
        return cut_short(hostile.truth(asked), cut=300_000)

    hostile.fault(PATH, Reply(body=DATA, cut=400_000), rest_in_part)
    assert read(source, size=size) == DATA
    ranges = [one.headers["Range"] for one in hostile.asked if "Range" in one.headers]
    assert len(ranges) == 2
    assert all(int(text.removeprefix("bytes=").removesuffix("-")) <= 700_000 for text in ranges)


def cut_short(reply: Reply, *, cut: int) -> Reply:
    return Reply(reply.status, reply.body, reply.headers, cut)


def test_a_server_that_ignores_range(source: ImageSource, hostile: HostileRegistry) -> None:
    hostile.fault(PATH, Reply(body=DATA, cut=400_000), Reply(body=DATA))
    assert read(source) == DATA
    assert hostile.asked[-1].headers["Range"].startswith("bytes=")


@pytest.mark.parametrize("status", [400, 403, 404, 416, 501])
def test_a_server_that_refuses_a_range_and_has_the_whole(
    source: ImageSource, hostile: HostileRegistry, status: int
) -> None:
    broken = Reply(body=DATA, cut=400_000)
    hostile.fault(PATH, broken, Reply(status, b"<Error/>"), broken, Reply(body=DATA))
    assert read(source) == DATA
    assert ["Range" in one.headers for one in hostile.asked if PATH in one.path] == [
        False,
        True,
        False,
        False,
    ]


def test_a_server_that_encodes_though_identity_is_asked_for(
    source: ImageSource, hostile: HostileRegistry
) -> None:
    packed = gzip.compress(DATA, 1)
    headers = {"Content-Encoding": "gzip"}
    broken = Reply(body=packed, headers=headers, cut=len(packed) // 2)
    hostile.fault(PATH, broken, Reply(body=packed, headers=headers))
    assert read(source) == DATA
    assert all("Range" not in one.headers for one in hostile.asked)


def test_a_store_that_names_the_encoding_of_the_blob_itself(
    source: ImageSource, hostile: HostileRegistry
) -> None:
    packed = gzip.compress(DATA, 1)
    layer = Descriptor(LAYER.media_type, images.digest_of(packed), len(packed))
    path = f"/v2/shop/blobs/{layer.digest}"
    hostile.put(path, packed)
    hostile.fault(path, Reply(body=packed, headers={"Content-Encoding": "gzip"}, cut=1000))
    assert read(source, layer) == packed
    assert hostile.asked[-1].headers["Range"] == "bytes=1000-"


@pytest.mark.parametrize("span", ["bytes 999999-1023999/1024000", "nonsense", ""])
def test_a_server_that_answers_another_range(
    source: ImageSource, hostile: HostileRegistry, span: str
) -> None:
    wrong = Reply(206, DATA[:-1], {"Content-Range": span})
    hostile.fault(PATH, Reply(body=DATA, cut=400_000), wrong)
    assert read(source) == DATA
    hostile.fault(PATH, Reply(body=DATA, cut=400_000), wrong, wrong)
    with pytest.raises(TruncatedBlobError, match="a range that it was not asked for"):
        read(source)


def test_a_download_that_never_gets_on(source: ImageSource, hostile: HostileRegistry) -> None:
    hostile.fault(PATH, Reply(body=DATA, cut=50_000), Reply(206, DATA, RANGE, cut=0), forever=True)
    with pytest.raises(TruncatedBlobError) as caught:
        read(source)
    assert caught.value.retryable
    assert hostile.count(PATH) == 3


RANGE = {"Content-Range": f"bytes 50000-{len(DATA) - 1}/{len(DATA)}"}


def test_getting_on_earns_new_attempts(source: ImageSource, hostile: HostileRegistry) -> None:
    data = DATA * 45
    layer = Descriptor(LAYER.media_type, images.digest_of(data), len(data))
    path = f"/v2/shop/blobs/{layer.digest}"
    hostile.put(path, data)
    hostile.fault(path, lambda asked: cut_short(hostile.truth(asked), cut=10 << 20), forever=True)
    assert images.digest_of(read(source, layer, 1 << 20)) == layer.digest
    assert hostile.count(path) == 5  # two more than a download that does not get on


def test_a_blob_stored_too_short(source: ImageSource, hostile: HostileRegistry) -> None:
    hostile.put(PATH, DATA[:-1])
    with pytest.raises(TruncatedBlobError):
        read(source)


def test_a_blob_stored_too_long(source: ImageSource, hostile: HostileRegistry) -> None:
    hostile.put(PATH, DATA + b"!")
    with pytest.raises(DigestMismatchError, match="more bytes"):
        read(source)


@pytest.mark.parametrize("size", [1000, len(DATA), 1 << 22])
def test_wrong_bytes_are_told_before_the_last_is_given(
    source: ImageSource, hostile: HostileRegistry, size: int
) -> None:
    hostile.put(PATH, DATA[:-1] + b"!")
    got: list[bytes] = []
    with source.open_blob(LAYER) as blob, pytest.raises(DigestMismatchError):
        got.extend(iter(lambda: blob.read(size), b""))
    assert sum(map(len, got)) < len(DATA)


def test_an_empty_blob(source: ImageSource, hostile: HostileRegistry) -> None:
    nothing = Descriptor(LAYER.media_type, images.digest_of(b""), 0)
    hostile.put(f"/v2/shop/blobs/{nothing.digest}", b"")
    assert read(source, nothing) == b""
    hostile.put(f"/v2/shop/blobs/{nothing.digest}", b"x")
    with pytest.raises(DigestMismatchError):
        read(source, nothing)


def test_a_digest_that_is_none_is_never_asked_for(source: ImageSource, hostile: HostileRegistry) -> None:
    with pytest.raises(ManifestError):
        read(source, Descriptor("", "sha256:../../secrets", 1))
    assert hostile.asked == []


def test_a_reader_that_stops_early_leaves_the_next_one_alone(source: ImageSource) -> None:
    with source.open_blob(LAYER) as blob:
        assert blob.read(10) == DATA[:10]
    assert read(source) == DATA


def test_one_connection_serves_one_reader(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    hostile.fault("/manifests/", Reply(503, b"busy"))
    source = open_source(hostile.serve("shop", "1", images.index([shop])), settings)
    for layer in source.resolve(Platform()).layers:
        assert images.digest_of(read(source, layer)) == layer.digest
    assert len(hostile.asked) == 7
    assert len({one.port for one in hostile.asked}) <= 2  # an error's connection is not used again


FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def test_a_foreign_layer_is_found_where_the_manifest_says(
    source: ImageSource, hostile: HostileRegistry
) -> None:
    hostile.remove(PATH)
    hostile.put("/layer", DATA)
    urls = (
        "::::",
        "http://169.254.169.254/layer",
        "http://127.0.0.1:1/layer",
        f"http://{hostile.host}/gone",
        f"http://{hostile.host}/layer",
    )
    assert read(source, Descriptor(FOREIGN, DIGEST, len(DATA), urls)) == DATA


@pytest.mark.parametrize("urls", [(), ("http://{}/gone",)])
def test_a_foreign_layer_that_nobody_has(
    source: ImageSource, hostile: HostileRegistry, urls: tuple[str, ...]
) -> None:
    hostile.remove(PATH)
    urls = tuple(url.format(hostile.host) for url in urls)
    with pytest.raises(NotFoundError, match="foreign layer"):
        read(source, Descriptor(FOREIGN, DIGEST, len(DATA), urls))


def test_urls_of_a_foreign_layer_survive_the_plan(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    document = shop.document
    document["layers"][0] |= {"mediaType": FOREIGN, "urls": ["https://layers.example/base"]}
    hostile.serve("shop", "1", shop)
    hostile.put("/v2/shop/manifests/2", msgspec.json.encode(document), images.OCI_MANIFEST)
    image = open_source(f"{hostile.host}/shop:2", settings).resolve(Platform())
    again = msgspec.json.decode(msgspec.json.encode(image), type=type(image))
    assert again.layers[0].urls == ("https://layers.example/base",)


def test_a_layer_that_its_manifest_holds_costs_no_request(
    source: ImageSource, hostile: HostileRegistry
) -> None:
    hostile.remove(PATH)
    asked = len(hostile.asked)
    held = msgspec.structs.replace(LAYER, data=DATA)
    assert read(source, held) == DATA
    assert len(hostile.asked) == asked
    with pytest.raises(DigestMismatchError):
        read(source, msgspec.structs.replace(held, data=DATA[::-1]))
    with pytest.raises(TruncatedBlobError):
        read(source, msgspec.structs.replace(held, data=DATA[:-1]))
