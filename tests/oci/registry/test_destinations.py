"""Where a registry can make a reader go: redirects, token realms, URLs of layers."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.errors import ImageError, UnauthorizedError
from praxi_tasks.oci.image.model import Descriptor, Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.oci.registry.test_blobs import DATA, DIGEST, FOREIGN
from tests.support import images
from tests.support.hostile_registry import HostileRegistry, Reply

AMD64 = Platform()
EVIL = "registry.evil.test"
SECRET = json.dumps({"errors": [{"code": "SECRETCODE", "message": "internal"}]}).encode()

Settings = Callable[..., RegistrySettings]


@pytest.fixture
def evil(monkeypatch: pytest.MonkeyPatch, hostile: HostileRegistry) -> str:
    """Return ``host:port`` of the hostile registry by a name, which a resolver leads to loopback."""
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == EVIL else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return f"{EVIL}:{hostile.host.rpartition(':')[2]}"


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    """Return a function that makes settings which know the evil registry, its password, and more."""

    def make(**more: Any) -> RegistrySettings:
        auths = {f"{EVIL}:{port}": {"username": "me", "password": "CANARY"} for port in more.pop("ports", ())}
        (tmp_path / "config.json").write_text(json.dumps({"auths": auths}))
        return RegistrySettings(attempts=1, plain_http=(EVIL,), auth_file=str(tmp_path), **more)

    return make


def test_a_redirect_reaches_no_internal_address(
    evil: str, hostile: HostileRegistry, elsewhere: HostileRegistry, given: Settings
) -> None:
    hostile.fault(
        "/manifests/", Reply(302, headers={"Location": f"http://{elsewhere.host}/latest"}), forever=True
    )
    with pytest.raises(ImageError, match="internal address") as caught:
        open_source(f"{evil}/a/b:c", given()).resolve(AMD64)
    assert "PRAXI_REGISTRY_INTERNAL_HOSTS" in caught.value.action
    assert not caught.value.retryable
    assert elsewhere.asked == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "localhost", "0", "[::ffff:127.0.0.1]", "[::1]"])
def test_however_it_is_written(
    evil: str, hostile: HostileRegistry, elsewhere: HostileRegistry, given: Settings, host: str
) -> None:
    port = elsewhere.host.rpartition(":")[2]
    for scheme in ("http", "https"):
        hostile.fault("/manifests/", Reply(302, headers={"Location": f"{scheme}://{host}:{port}/"}))
        with pytest.raises(ImageError, match=r"internal address|refused to speak http"):
            open_source(f"{evil}/a/b:c", given()).resolve(AMD64)
    assert elsewhere.asked == []


def test_a_token_realm_is_at_no_internal_address(
    evil: str, hostile: HostileRegistry, elsewhere: HostileRegistry, given: Settings
) -> None:
    challenge = f'Bearer realm="http://{elsewhere.host}/token",service="x"'
    hostile.fault("/manifests/", Reply(401, headers={"WWW-Authenticate": challenge}), forever=True)
    with pytest.raises(ImageError, match="internal address"):
        open_source(f"{evil}/a/b:c", given()).resolve(AMD64)
    assert elsewhere.asked == []


def test_credentials_go_to_no_realm_of_another_site(
    evil: str, hostile: HostileRegistry, elsewhere: HostileRegistry, given: Settings, shop: images.Manifest
) -> None:
    challenge = f'Bearer realm="http://{elsewhere.host}/token",service="x"'
    hostile.serve("a", "1", shop)
    hostile.fault("/manifests/", Reply(401, headers={"WWW-Authenticate": challenge}), forever=True)
    port = evil.rpartition(":")[2]
    with pytest.raises(UnauthorizedError, match="another site") as caught:
        open_source(f"{evil}/a:1", given(ports=[port], internal_hosts=("127.0.0.1",))).resolve(AMD64)
    assert "PRAXI_REGISTRY_TOKEN_HOSTS" in caught.value.action
    assert elsewhere.asked == []


def test_a_setting_lets_a_realm_of_another_site_have_them(
    evil: str, hostile: HostileRegistry, elsewhere: HostileRegistry, given: Settings, shop: images.Manifest
) -> None:
    challenge = f'Bearer realm="http://{elsewhere.host}/token",service="x"'
    hostile.serve("a", "1", shop)
    hostile.fault("/manifests/", Reply(401, headers={"WWW-Authenticate": challenge}))
    elsewhere.put("/token", b'{"token": "t"}')
    elsewhere.fault("/token", Reply(body=b'{"token": "t"}'), forever=True)
    settings = given(ports=[evil.rpartition(":")[2]], token_hosts=("127.0.0.1",))
    assert open_source(f"{evil}/a:1", settings).resolve(AMD64).digest == shop.digest
    assert elsewhere.asked[0].headers["Authorization"].startswith("Basic ")


def test_urls_of_layers_reach_no_internal_address_unless_a_setting_says_so(
    evil: str, hostile: HostileRegistry, elsewhere: HostileRegistry, given: Settings
) -> None:
    elsewhere.put("/layer", DATA)
    layer = Descriptor(FOREIGN, DIGEST, len(DATA), (f"http://{elsewhere.host}/layer",))
    source = open_source(f"{evil}/a/b:c", given())
    with pytest.raises(ImageError, match="internal address"), source.open_blob(layer):
        pytest.fail("there is no blob")
    assert elsewhere.asked == []
    allowed = open_source(f"{evil}/a/b:c", given(internal_hosts=(elsewhere.host,)))
    with allowed.open_blob(layer) as blob:
        assert blob.read(1 << 20) == DATA


def test_urls_of_layers_reach_no_other_port_of_the_registrys_host(
    hostile: HostileRegistry, elsewhere: HostileRegistry
) -> None:
    elsewhere.put("/layer", DATA)
    hostile.fault("/moved", Reply(302, headers={"Location": f"http://{elsewhere.host}/layer"}), forever=True)
    for url in (f"http://{elsewhere.host}/layer", f"http://{hostile.host}/moved"):
        layer = Descriptor(FOREIGN, DIGEST, len(DATA), (url,))
        source = open_source(f"{hostile.host}/a/b:c", RegistrySettings(attempts=1))
        with pytest.raises(ImageError, match="internal address"), source.open_blob(layer):
            pytest.fail("there is no blob")
    assert elsewhere.asked == []
    hostile.put("/layer", DATA)
    layer = Descriptor(FOREIGN, DIGEST, len(DATA), (f"http://{hostile.host}/layer",))
    with source.open_blob(layer) as blob:
        assert blob.read(1 << 20) == DATA


def test_what_a_foreign_host_answers_is_not_quoted(
    evil: str,
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    given: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from praxi_tasks.http import addresses

    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    elsewhere.fault("/", Reply(403, SECRET), forever=True)
    hostile.fault("/manifests/", Reply(302, headers={"Location": f"http://{elsewhere.host}/x"}))
    with pytest.raises(ImageError, match="answered 403") as caught:
        open_source(f"{evil}/a/b:c", given()).resolve(AMD64)
    assert len(elsewhere.asked) == 1
    assert "SECRETCODE" not in str(caught.value)
    hostile.fault("/manifests/", Reply(403, SECRET))
    with pytest.raises(ImageError, match="SECRETCODE"):
        open_source(f"{evil}/a/b:d", given()).resolve(AMD64)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost.", "metadata.google.internal", "169.254.169.254"])
def test_a_proxy_is_not_asked_for_what_is_internal_by_its_name(
    evil: str, hostile: HostileRegistry, given: Settings, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    hostile.fault("/manifests/", Reply(302, headers={"Location": f"https://{host}/latest"}))
    with pytest.raises(ImageError, match="internal address"):
        open_source(f"{evil}/a/b:c", given()).resolve(AMD64)
