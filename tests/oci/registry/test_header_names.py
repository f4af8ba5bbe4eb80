"""Header names mean the same in any case, all of them that a pull needs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from praxi_tasks.errors import RegistryUnavailableError
from praxi_tasks.oci.image.model import Platform
from praxi_tasks.oci.image.reference import Reference
from praxi_tasks.oci.registry.client import RegistryClient
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.source import RegistrySource
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, Reply

spelled = pytest.mark.parametrize("spell", [str.lower, str.upper])


@pytest.fixture
def source(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest, spell: Callable[[str], str]
) -> RegistrySource:
    reference = hostile.serve("shop", "1", shop)
    hostile.spell = spell
    return RegistrySource(Reference.parse(reference), RegistryClient(settings))


@spelled
def test_the_challenge_for_a_token(hostile: HostileRegistry, source: RegistrySource) -> None:
    challenge = f'Bearer realm="http://{hostile.host}/token",service="shop"'
    hostile.fault("/manifests/", Reply(401, headers={"WWW-Authenticate": challenge}))
    hostile.fault("/token", Reply(body=b'{"token": "t"}'))
    source.resolve(Platform())
    assert hostile.asked[-1].headers["Authorization"] == "Bearer t"


@spelled
def test_the_digest_of_a_tag(hostile: HostileRegistry, source: RegistrySource) -> None:
    digest = f"sha256:{'ab' * 32}"
    hostile.fault("/manifests/", Reply(headers={"Docker-Content-Digest": digest}))
    assert source.digest() == digest
    assert [one.method for one in hostile.asked if "/manifests/" in one.path] == ["HEAD"]


@spelled
def test_the_media_type_of_an_index(
    hostile: HostileRegistry, source: RegistrySource, shop: images.Manifest
) -> None:
    index = images.index([shop])
    hostile.serve("shop", "1", index)
    assert source.resolve(Platform()).index_digest == index.digest


@spelled
def test_a_redirect_and_the_range_after_a_break(
    hostile: HostileRegistry, elsewhere: HostileRegistry, source: RegistrySource, shop: images.Manifest
) -> None:
    (layer, *_) = source.resolve(Platform()).layers
    data = shop.blobs[layer.digest]
    place = f"/v2/shop/blobs/{layer.digest}"
    moved = Reply(307, headers={"Location": f"http://{elsewhere.host}{place}"})
    hostile.fault("/blobs/", moved, forever=True)
    elsewhere.put(place, data)
    elsewhere.spell = hostile.spell
    elsewhere.fault("/blobs/", Reply(body=data, cut=len(data) // 2))
    with source.open_blob(layer) as blob:
        assert b"".join(iter(lambda: blob.read(1 << 16), b"")) == data
    assert elsewhere.asked[-1].headers["Range"].startswith("bytes=")


@spelled
def test_how_long_to_wait(hostile: HostileRegistry, source: RegistrySource) -> None:
    hostile.fault("/manifests/", Reply(429, headers={"Retry-After": "3600"}))
    with pytest.raises(RegistryUnavailableError) as caught:
        source.resolve(Platform())
    assert caught.value.retry_after == 3600
