"""Redirects, TLS and proxies: nothing leaks, nothing is trusted blindly."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
import pytest

from praxi_tasks.errors import ImageError, NotFoundError, RegistryUnavailableError, UsageError
from praxi_tasks.oci.image.model import Descriptor, Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.registry.transport import Transport
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.certificates import self_signed
from tests.support.hostile_registry import HostileRegistry, Reply, run_hostile_registry

AMD64 = Platform()
DATA = b"layer" * 1000
LAYER = Descriptor("application/vnd.oci.image.layer.v1.tar", images.digest_of(DATA), len(DATA))


def known_to(hostile: HostileRegistry, settings: RegistrySettings, folder: Path) -> RegistrySettings:
    file = folder / "config.json"
    file.write_text(json.dumps({"auths": {hostile.host: {"username": "me", "password": "hunter2"}}}))
    return msgspec.structs.replace(settings, auth_file=str(file))


BASIC = "Basic " + base64.b64encode(b"me:hunter2").decode()
ASK = Reply(401, headers={"WWW-Authenticate": 'Basic realm="shop"'})


def test_credentials_stay_with_the_host_that_was_asked(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings, tmp_path: Path
) -> None:
    elsewhere.put("/signed", DATA)
    there = Reply(307, headers={"Location": f"http://{elsewhere.host}/signed?X-Signature=abc"})
    here = Reply(302, headers={"Location": "/v2/shop/moved"})
    hostile.fault("/blobs/", ASK, here)
    hostile.fault("/moved", there)
    source = open_source(f"{hostile.host}/shop:1", known_to(hostile, settings, tmp_path))
    with source.open_blob(LAYER) as blob:
        assert blob.read(1 << 20) == DATA
    assert [one.headers.get("Authorization") for one in hostile.asked[-2:]] == [BASIC, BASIC]
    assert [one.path for one in elsewhere.asked] == ["/signed?X-Signature=abc"]
    assert "Authorization" not in elsewhere.asked[0].headers


def test_another_host_that_asks_for_credentials_gets_none(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings, tmp_path: Path
) -> None:
    hostile.fault("/blobs/", Reply(307, headers={"Location": f"http://{elsewhere.host}/x?sig=s3cr3t"}))
    elsewhere.fault("/x", ASK, forever=True)
    source = open_source(f"{hostile.host}/shop:1", known_to(hostile, settings, tmp_path))
    with pytest.raises(ImageError, match="401") as caught, source.open_blob(LAYER):
        pytest.fail("there is no blob")
    assert len(elsewhere.asked) == 1
    assert "Authorization" not in elsewhere.asked[0].headers
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/v2/shop/manifests/1", "redirected more than 10 times"),
        ("http://registry.example/x", "refused to speak http to registry.example"),
        ("ftp://127.0.0.1/x", "refused to speak ftp"),
        ("file:///etc/passwd", "malformed URL"),
        ("http://me:pw@127.0.0.1:1/x", "malformed URL"),
        ("http://[::1/x", "malformed URL"),
        ("https://../x", "malformed URL"),
        (f"https://{'a' * 80}.example/x", "malformed URL"),
        ("http://127.0.0.1:99999/x", "malformed URL"),
        ("http://a\x00b/x", "refused to speak http"),
    ],
)
def test_redirects_that_are_not_followed(
    hostile: HostileRegistry, settings: RegistrySettings, location: str, message: str
) -> None:
    hostile.fault("/manifests/", Reply(302, headers={"Location": location}), forever=True)
    with pytest.raises(ImageError, match=message) as caught:
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)
    assert not caught.value.retryable
    assert "pw" not in str(caught.value)


def test_plain_http_needs_leave() -> None:
    with pytest.raises(ImageError, match="add the host to PRAXI_REGISTRY_PLAIN_HTTP"):
        Transport(RegistrySettings()).exchange("GET", "http://registry.example/v2/", {})


@pytest.mark.parametrize("url", ["http://[::1]:1/", "http://127.0.0.1:1/", "http://plain.invalid:80/"])
def test_plain_http_with_leave_fails_only_for_want_of_a_server(url: str) -> None:
    settings = RegistrySettings(plain_http=("plain.invalid:80",))
    with pytest.raises(RegistryUnavailableError):
        Transport(settings).exchange("GET", url, {})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of 127.0.0.1 that vouches for itself, in one PEM file."""
    return self_signed(tmp_path_factory.mktemp("tls") / "server.pem")


def test_tls_with_an_authority_of_our_own(
    settings: RegistrySettings, shop: images.Manifest, certificate: Path
) -> None:
    trusting = msgspec.structs.replace(settings, ca_bundle=str(certificate))
    with run_hostile_registry(certificate) as registry:
        reference = registry.serve("shop", "1", shop)
        assert open_source(reference, trusting).resolve(AMD64).digest == shop.digest
        with pytest.raises(ImageError, match="certificate is not trusted") as caught:
            open_source(reference, settings).resolve(AMD64)
    assert not caught.value.retryable
    assert "PRAXI_CA_BUNDLE" in caught.value.action


def test_no_way_back_from_tls_to_plain(settings: RegistrySettings, certificate: Path) -> None:
    trusting = msgspec.structs.replace(settings, ca_bundle=str(certificate))
    with run_hostile_registry(certificate) as registry:
        registry.fault("/manifests/", Reply(302, headers={"Location": "http://cdn.example/x"}), forever=True)
        with pytest.raises(ImageError, match=r"refused to speak http to cdn\.example"):
            open_source(f"{registry.host}/shop:1", trusting).resolve(AMD64)


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_ca_bundle_that_is_none(settings: RegistrySettings, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    broken = msgspec.structs.replace(settings, ca_bundle=str(tmp_path / "ca.pem"))
    with pytest.raises(UsageError, match="CA bundle"):
        open_source("registry.example/shop:1", broken).resolve(AMD64)


def test_a_proxy_is_used_for_what_no_proxy_leaves_out(
    hostile: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://user:p%40ss@{hostile.host}")
    monkeypatch.setenv("NO_PROXY", "other.example,10.0.0.0/8")
    plain = msgspec.structs.replace(settings, plain_http=("registry.example",))
    hostile.fault("^http://registry.example/v2/$", Reply())
    hostile.fault("^http://registry.example/v2/shop/manifests/1$", Reply(404))
    with pytest.raises(NotFoundError):
        open_source("registry.example/shop:1", plain).resolve(AMD64)
    proved = base64.b64encode(b"user:p@ss").decode()
    assert {one.headers["Proxy-Authorization"] for one in hostile.asked} == {f"Basic {proved}"}


def test_a_proxy_that_is_down(settings: RegistrySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
    with pytest.raises(RegistryUnavailableError, match="proxy") as caught:
        open_source("registry.example/shop:1", settings).resolve(AMD64)
    assert "hunter2" not in str(caught.value)
