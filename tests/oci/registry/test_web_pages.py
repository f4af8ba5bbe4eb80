"""Web pages that answer in place of a registry."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import NotARegistryError
from praxi_tasks.oci.image.model import Descriptor, Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, Reply

AMD64 = Platform("linux", "amd64")
PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
ADVICE = "a web page answered in place of the registry.*pull secret, and HTTPS_PROXY"


@pytest.mark.parametrize("page", [PAGE, b"\xef\xbb\xbf\n <html>", b'<?xml version="1.0"?><Error/>'])
@pytest.mark.parametrize("kind", ["text/html", images.OCI_MANIFEST])
def test_in_place_of_a_manifest(
    hostile: HostileRegistry, settings: RegistrySettings, page: bytes, kind: str
) -> None:
    hostile.put("/v2/shop/manifests/1", page, kind)
    with pytest.raises(NotARegistryError, match=ADVICE):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)


def test_in_place_of_a_configuration(
    hostile: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    hostile.serve("shop", "1", shop)
    hostile.fault("/blobs/", Reply(body=PAGE, headers=HTML), forever=True)
    with pytest.raises(NotARegistryError, match=ADVICE):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)


def test_a_redirect_to_a_login_page_is_named(hostile: HostileRegistry, settings: RegistrySettings) -> None:
    hostile.put("/login", PAGE, "text/html")
    hostile.fault("/manifests/", Reply(302, headers={"Location": "/login?rd=%2Fv2%2F"}))
    with pytest.raises(NotARegistryError, match=f"{hostile.host}/login"):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)


def test_in_place_of_a_layer(hostile: HostileRegistry, settings: RegistrySettings) -> None:
    data = b"0123456789" * 100
    layer = Descriptor("application/vnd.oci.image.layer.v1.tar", images.digest_of(data), len(data))
    hostile.put(f"/v2/shop/blobs/{layer.digest}", PAGE, "text/html")
    source = open_source(f"{hostile.host}/shop:1", settings)
    with pytest.raises(NotARegistryError, match=ADVICE), source.open_blob(layer):
        pass


def test_a_layer_that_is_called_a_page_is_read(hostile: HostileRegistry, settings: RegistrySettings) -> None:
    data = b"0123456789" * 100
    layer = Descriptor("application/vnd.oci.image.layer.v1.tar", images.digest_of(data), len(data))
    hostile.put(f"/v2/shop/blobs/{layer.digest}", data, "text/html")
    with open_source(f"{hostile.host}/shop:1", settings).open_blob(layer) as blob:
        assert blob.read(2000) == data
