"""Tokens: asked of the realm once, with the credentials of the registry, and never shown."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from praxi_tasks.errors import ImageError, RegistryUnavailableError, UnauthorizedError
from praxi_tasks.oci.image.model import Platform
from praxi_tasks.oci.registry.settings import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.hostile_registry import Asked, HostileRegistry, Reply

AMD64 = Platform()


class TokenRealm:
    """Make a registry ask for tokens that ``realm`` hands out; each is good until ``expire`` is called."""

    def __init__(self, registry: HostileRegistry, realm: HostileRegistry, **answer: object) -> None:
        self.registry = registry
        self.generation = 0
        self.answer = answer
        realm.fault(r"^/token", self.give, forever=True)
        registry.fault(r"^/v2/.", self.check, forever=True)
        self.challenge = f'Bearer realm="http://{realm.host}/token",service="shop \\"1\\""'

    def give(self, asked: Asked) -> Reply:
        token = {"token": f"token-{self.generation}", **self.answer}
        return Reply(body=json.dumps(token).encode())

    def check(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") == f"Bearer token-{self.generation}":
            return self.registry.truth(asked)
        return Reply(401, headers={"WWW-Authenticate": self.challenge})


def with_auth(settings: RegistrySettings, folder: Path, host: str, **entry: str) -> RegistrySettings:
    file = folder / "config.json"
    file.write_text(json.dumps({"auths": {host: entry}}))
    return msgspec.structs.replace(settings, auth_file=str(file))


def read(reference: str, settings: RegistrySettings) -> str:
    source = open_source(reference, settings)
    image = source.resolve(AMD64)
    for layer in image.layers:
        with source.open_blob(layer) as blob:
            while blob.read(1 << 16):
                pass
    return image.digest


def test_an_anonymous_token_is_asked_once_for_a_repository(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    TokenRealm(hostile, elsewhere)
    references = [hostile.serve(f"team/{name}", "1", shop) for name in ("a", "b")]
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(lambda reference: read(reference, settings), references * 8))
    assert set(digests) == {shop.digest}
    queries = sorted(parse_qs(urlsplit(one.path).query)["scope"][0] for one in elsewhere.asked)
    assert queries == ["repository:team/a:pull", "repository:team/b:pull"]
    assert parse_qs(urlsplit(elsewhere.asked[0].path).query)["service"] == ['shop "1"']
    assert "Authorization" not in elsewhere.asked[0].headers


def test_a_password_goes_to_the_realm_and_not_to_the_registry(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    tmp_path: Path,
) -> None:
    TokenRealm(hostile, elsewhere)
    reference = hostile.serve("shop", "1", shop)
    known = with_auth(settings, tmp_path, hostile.host, username="me", password="se:cret")
    assert read(reference, known) == shop.digest
    basic = "Basic " + base64.b64encode(b"me:se:cret").decode()
    assert [one.headers["Authorization"] for one in elsewhere.asked] == [basic]
    assert basic not in {one.headers.get("Authorization") for one in hostile.asked}


def test_an_identity_token_is_exchanged_by_post(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    tmp_path: Path,
) -> None:
    TokenRealm(hostile, elsewhere, token="", access_token="token-0")
    reference = hostile.serve("shop", "1", shop)
    known = with_auth(settings, tmp_path, hostile.host, identitytoken="refresh me")
    assert read(reference, known) == shop.digest
    form = parse_qs(elsewhere.asked[0].body.decode())
    assert elsewhere.asked[0].method == "POST"
    assert elsewhere.asked[0].path == "/token"
    assert form["grant_type"] == ["refresh_token"]
    assert form["refresh_token"] == ["refresh me"]
    assert form["scope"] == ["repository:shop:pull"]


def test_a_registry_token_is_sent_as_it_is(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    tmp_path: Path,
) -> None:
    TokenRealm(hostile, elsewhere)
    known = with_auth(settings, tmp_path, hostile.host, registrytoken="token-0")
    assert read(hostile.serve("shop", "1", shop), known) == shop.digest
    assert elsewhere.asked == []


def test_a_registry_token_that_would_break_the_header_is_not_sent(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    tmp_path: Path,
) -> None:
    TokenRealm(hostile, elsewhere)
    known = with_auth(settings, tmp_path, hostile.host, registrytoken="hunter2\r\nX-Evil: 1")
    with pytest.raises(UnauthorizedError, match="token is missing or malformed") as caught:
        open_source(hostile.serve("shop", "1", shop), known).resolve(AMD64)
    assert "hunter2" not in str(caught.value)


def test_a_token_that_expired_meanwhile_is_replaced(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    realm = TokenRealm(hostile, elsewhere, expires_in=3600)
    reference = hostile.serve("shop", "1", shop)
    assert read(reference, settings) == shop.digest
    realm.generation += 1
    assert read(reference, settings) == shop.digest
    assert len(elsewhere.asked) == 2


def test_a_token_that_lives_briefly_is_not_kept(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    TokenRealm(hostile, elsewhere, expires_in=1)
    reference = hostile.serve("shop", "1", shop)
    for _ in range(2):
        assert read(reference, settings) == shop.digest
    assert len(elsewhere.asked) > 2


@pytest.mark.parametrize(
    "answer",
    [
        {"expires_in": "3600"},
        {"expires_in": None, "issued_at": 7},
        {"expires_in": "soon"},
        {"expires_in": [], "refresh_token": None},
        {"expires_in": -1},
        {"expires_in": "nan"},
        {"expires_in": 10**40},
        {"token": None, "access_token": "token-0"},
        {"token": "", "access_token": "token-0"},
        {"token": 7, "access_token": "token-0"},
        {"access_token": None},
    ],
)
def test_odd_fields_beside_a_token_do_not_matter(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    answer: dict[str, object],
) -> None:
    TokenRealm(hostile, elsewhere, **answer)
    reference = hostile.serve("shop", "1", shop)
    assert read(reference, settings) == shop.digest
    assert len(elsewhere.asked) == 1


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("repository:user/image:pull", ["repository:shop:pull"]),
        ("repository:<name>:pull", ["repository:shop:pull"]),
        ("repository:{name}:pull registry:catalog:*", ["registry:catalog:*", "repository:shop:pull"]),
        ("repository::pull", ["repository:shop:pull"]),
        ("", ["repository:shop:pull"]),
        ("null", ["repository:shop:pull"]),
        ("repository:shop:push,pull", ["repository:shop:push,pull"]),
        ("repository:shop:push", ["repository:shop:push", "repository:shop:pull"]),
        ("repository:shop:pull,push", ["repository:shop:pull,push"]),
        ("repository:hub/shop:pull", ["repository:hub/shop:pull", "repository:shop:pull"]),
    ],
)
def test_the_scope_of_a_challenge(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    named: str,
    asked: list[str],
) -> None:
    realm = TokenRealm(hostile, elsewhere)
    realm.challenge += f',scope="{named}"'
    assert read(hostile.serve("shop", "1", shop), settings) == shop.digest
    assert parse_qs(urlsplit(elsewhere.asked[0].path).query)["scope"] == asked


def test_a_service_that_refuses_a_foreign_scope_is_asked_for_ours(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings, shop: images.Manifest
) -> None:
    elsewhere.fault("hub", Reply(403), forever=True)
    realm = TokenRealm(hostile, elsewhere)
    realm.challenge += ',scope="repository:hub/shop:pull"'
    assert read(hostile.serve("shop", "1", shop), settings) == shop.digest
    assert parse_qs(urlsplit(elsewhere.asked[1].path).query)["scope"] == ["repository:shop:pull"]


@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        (Reply(body=b"<html>"), UnauthorizedError, "no token for the registry: a web page answered"),
        (Reply(body=b"token"), UnauthorizedError, "token is missing or malformed"),
        (Reply(body=b"{}"), UnauthorizedError, "token is missing or malformed"),
        (Reply(body=b'{"token": 7}'), UnauthorizedError, "token is missing or malformed"),
        (Reply(body=b'{"token": "a\\r\\nX-Evil: 1"}'), UnauthorizedError, "token is missing or malformed"),
        (Reply(body=b" " * (2 << 20)), UnauthorizedError, "larger than"),
        (Reply(401), UnauthorizedError, "no token for the registry"),
        (Reply(403), UnauthorizedError, "no token for the registry"),
        (Reply(302, headers={"Location": "/login"}), UnauthorizedError, "no token for the registry"),
        (Reply(503), RegistryUnavailableError, "503"),
    ],
)
def test_a_realm_that_gives_no_token(
    hostile: HostileRegistry,
    elsewhere: HostileRegistry,
    settings: RegistrySettings,
    shop: images.Manifest,
    tmp_path: Path,
    reply: Reply,
    kind: type[ImageError],
    message: str,
) -> None:
    elsewhere.fault("^/token", reply, forever=True)
    TokenRealm(hostile, elsewhere)
    known = with_auth(settings, tmp_path, hostile.host, username="me", password="hunter2")
    with pytest.raises(kind, match=message) as caught:
        open_source(hostile.serve("shop", "1", shop), known).resolve(AMD64)
    assert "hunter2" not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Negotiate",
        "Bearer",
        'Bearer realm="file:///etc/passwd"',
        'Bearer realm="/token"',
        'Basic realm="x"',
    ],
)
def test_a_challenge_that_nobody_can_answer(
    hostile: HostileRegistry, settings: RegistrySettings, challenge: str
) -> None:
    hostile.fault("/manifests/", Reply(401, headers={"WWW-Authenticate": challenge}), forever=True)
    with pytest.raises(UnauthorizedError):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)
    assert hostile.count("/manifests/") == 1


def test_a_password_is_never_sent_to_a_realm_in_the_clear(
    hostile: HostileRegistry, settings: RegistrySettings, tmp_path: Path
) -> None:
    plain = 'Bearer realm="http://auth.example/token"'
    hostile.fault("/manifests/", Reply(401, headers={"WWW-Authenticate": plain}), forever=True)
    known = with_auth(settings, tmp_path, hostile.host, username="me", password="hunter2")
    with pytest.raises(ImageError, match="refused to speak http"):
        open_source(f"{hostile.host}/shop:1", known).resolve(AMD64)


def test_a_token_that_does_not_help_is_an_error(
    hostile: HostileRegistry, elsewhere: HostileRegistry, settings: RegistrySettings
) -> None:
    realm = TokenRealm(hostile, elsewhere, token="useless")
    with pytest.raises(UnauthorizedError, match="401"):
        open_source(f"{hostile.host}/shop:1", settings).resolve(AMD64)
    assert realm.registry.count("/manifests/") == 2
