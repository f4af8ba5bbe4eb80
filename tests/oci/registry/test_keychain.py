"""Credentials are found as Docker, Podman and the kubelet find them, and are never shown."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.errors import UnauthorizedError, UsageError
from praxi_tasks.oci.registry.credentials import ANONYMOUS, Credentials
from praxi_tasks.oci.registry.keychain import Keychain


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def keychain(folder: Path, document: object, name: str = "config.json") -> Keychain:
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))
    return Keychain(folder / name)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"auth": encoded("me:se:cret")}, Credentials("me", "se:cret")),
        ({"auth": encoded("me:secret\0\0")}, Credentials("me", "secret")),
        ({"auth": encoded("me:secret\n")}, Credentials("me", "secret")),
        ({"auth": "bWU6Pz8-Pj4_"}, Credentials("me", "??>>>?")),
        ({"username": "me", "password": "secret"}, Credentials("me", "secret")),
        ({"username": "old", "password": "x", "auth": encoded("me:secret")}, Credentials("me", "secret")),
        ({"identitytoken": "t"}, Credentials(identity_token="t")),
        ({"auth": encoded("0:"), "identitytoken": "t"}, Credentials("0", "", "t")),
        ({"registrytoken": "t"}, Credentials(registry_token="t")),
        ({}, ANONYMOUS),
        ({"auth": "", "email": None}, ANONYMOUS),
        (None, ANONYMOUS),
        (7, ANONYMOUS),
        ({"auth": encoded("me:secret") + "\n"}, Credentials("me", "secret")),
        ({"auth": encoded("me:secret").rstrip("=")}, Credentials("me", "secret")),
        (
            {"auth": base64.encodebytes(b"_json_key:" + b"k" * 90).decode()},
            Credentials("_json_key", "k" * 90),
        ),
        ({"auth": None, "username": "me", "password": "secret"}, Credentials("me", "secret")),
        ({"auth": encoded("me:secret"), "identitytoken": None, "email": 7}, Credentials("me", "secret")),
    ],
)
def test_forms_of_an_entry(tmp_path: Path, entry: Any, expected: Credentials) -> None:
    assert keychain(tmp_path, {"auths": {"quay.io": entry}}).credentials("quay.io", "a/b") == expected


@pytest.mark.parametrize(
    "more",
    [
        {"credHelpers": None, "credsStore": None},
        {"credHelpers": {"quay.io": "", "ghcr.io": None, "a.example": 7}, "credsStore": ""},
        {"credHelpers": [], "credsStore": 7, "HttpHeaders": None},
    ],
)
def test_what_is_odd_beside_an_entry_does_not_matter(tmp_path: Path, more: dict[str, Any]) -> None:
    auths = {
        "quay.io": {"auth": encoded("me:x")},
        "ghcr.io": None,
        "a.example": "b",
        "b.example": {"auth": "!"},
    }
    found = keychain(tmp_path, {"auths": auths, **more})
    assert found.credentials("quay.io", "a") == Credentials("me", "x")
    assert found.credentials("ghcr.io", "a") == ANONYMOUS


@pytest.mark.parametrize("before", ["\ufeff{", '{"x": ' + "[" * 300 + "]" * 300 + ", "])
def test_a_mark_before_the_document_and_the_depth_of_other_fields_do_not_matter(
    tmp_path: Path, before: str
) -> None:
    auths = json.dumps({"auths": {"quay.io": {"auth": encoded("me:x")}}})
    found = keychain(tmp_path, before + auths[1:])
    assert found.credentials("quay.io", "a") == Credentials("me", "x")


@pytest.mark.parametrize("key", ["https://quay.io", "quay.io/v1/", "QUAY.io"])
def test_an_empty_entry_hides_no_other_of_the_same_host(tmp_path: Path, key: str) -> None:
    auths = {"quay.io": {}, "quay.io/team": {"auth": ""}, key: {"auth": encoded("me:x")}}
    assert keychain(tmp_path, {"auths": auths}).credentials("quay.io", "team/a").username == "me"


@pytest.mark.parametrize(
    ("key", "registry"),
    [
        ("[fd00::1]:5000", "f:5000"),
        ("*.example:5000", "a.example:5001"),
        ("*", "quay.io"),
        ("", "quay.io"),
        ("https://", "quay.io"),
    ],
)
def test_no_other_registrys_credentials_are_sent(tmp_path: Path, key: str, registry: str) -> None:
    auths = {key: {"auth": encoded("other:x")}}
    assert keychain(tmp_path, {"auths": auths}).credentials(registry, "a") == ANONYMOUS


def test_an_address_of_ipv6_is_a_key(tmp_path: Path) -> None:
    auths = {"[fd00::1]:5000": {"auth": encoded("me:x")}}
    assert keychain(tmp_path, {"auths": auths}).credentials("[fd00::1]:5000", "a").username == "me"


AUTHS = {
    "https://index.docker.io/v1/": "hub",
    "quay.io": "quay",
    "quay.io/team": "team",
    "quay.io/team/app": "app",
    "https://ghcr.io/v2/": "ghcr",
    "http://plain.example:5000": "plain",
    "*.azure.example": "azure",
    "one.azure.example": "one",
}


@pytest.mark.parametrize(
    ("registry", "repository", "user"),
    [
        ("docker.io", "library/nginx", "hub"),
        ("quay.io", "other/app", "quay"),
        ("quay.io", "team/other", "team"),
        ("quay.io", "teammate/app", "quay"),
        ("quay.io", "team/app", "app"),
        ("quay.io", "team/app/part", "app"),
        ("quay.io:5000", "team/app", ""),
        ("ghcr.io", "a/b", "ghcr"),
        ("plain.example:5000", "a", "plain"),
        ("two.azure.example", "a", "azure"),
        ("one.azure.example", "a", "one"),
        ("a.b.azure.example", "a", ""),
        ("evil-quay.io", "team/app", ""),
    ],
)
def test_the_most_specific_key_wins(tmp_path: Path, registry: str, repository: str, user: str) -> None:
    auths = {key: {"username": name, "password": "x"} for key, name in AUTHS.items()}
    assert keychain(tmp_path, {"auths": auths}).credentials(registry, repository).username == user


@pytest.mark.parametrize("name", [".dockerconfigjson", "config.json", "auth.json"])
def test_a_mounted_pull_secret_is_found_in_its_folder(tmp_path: Path, name: str) -> None:
    keychain(tmp_path, {"auths": {"quay.io": {"auth": encoded("me:x")}}}, name)
    assert Keychain(tmp_path).credentials("quay.io", "a").username == "me"


def test_the_oldest_form_of_a_pull_secret(tmp_path: Path) -> None:
    keychain(tmp_path, {"quay.io": {"auth": encoded("me:x")}}, ".dockercfg")
    assert Keychain(tmp_path).credentials("quay.io", "a").username == "me"


def test_the_oldest_form_under_another_name(tmp_path: Path) -> None:
    found = keychain(tmp_path, {"https://quay.io/v1/": {"auth": encoded("me:x"), "email": "a@b"}})
    assert found.credentials("quay.io", "a").username == "me"


def test_bytes_that_are_no_utf8_are_sent_as_they_are(tmp_path: Path) -> None:
    auth = base64.b64encode("me:gr\xfcn".encode("latin-1")).decode()
    found = keychain(tmp_path, {"auths": {"quay.io": {"auth": auth}}}).credentials("quay.io", "a")
    assert found.basic() == f"Basic {auth}"


def test_a_rotated_secret_is_read_anew(tmp_path: Path) -> None:
    found = keychain(tmp_path, {"auths": {"quay.io": {"auth": encoded("me:old")}}})
    assert found.credentials("quay.io", "a").password == "old"
    keychain(tmp_path, {"auths": {"quay.io": {"auth": encoded("me:new")}}})
    assert found.credentials("quay.io", "a").password == "new"


def test_where_credentials_are_looked_for(tmp_path: Path) -> None:
    places = {"DOCKER_CONFIG": "docker", "HOME": "home", "XDG_RUNTIME_DIR": "run"}
    environment = {name: str(tmp_path / folder) for name, folder in places.items()}
    assert Keychain.from_environment("", environment).credentials("quay.io", "a") == ANONYMOUS
    for folder, name in (("run/containers", "auth.json"), ("home/.docker", "config.json")):
        (tmp_path / folder).mkdir(parents=True)
        keychain(tmp_path / folder, {"auths": {"quay.io": {"auth": encoded(f"{folder}:x")}}}, name)
    assert Keychain.from_environment("", environment).credentials("quay.io", "a").username == "run/containers"
    del environment["DOCKER_CONFIG"]
    assert Keychain.from_environment("", environment).credentials("quay.io", "a").username == "home/.docker"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '"hunter2"',
        '{"auths": {"quay.io": {"auth": "hunter2!"}}}',
    ],
)
def test_a_malformed_file_is_named_and_not_quoted(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match=r"config\.json") as caught:
        keychain(tmp_path, content).credentials("quay.io", "a")
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_an_error_when_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="PRAXI_REGISTRY_AUTH_FILE"):
        Keychain.from_environment(str(tmp_path / "gone"), {}).credentials("quay.io", "a")


def helper(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Install ``docker-credential-test``, which logs what it is asked to ``asked``."""
    program = folder / "docker-credential-test"
    program.write_text(f'#!/bin/sh\nread -r server\necho "$1 $server" >> {folder}/asked\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


FOUND = """echo '{"ServerURL": "x", "Username": "me", "Secret": "secret"}'"""
TOKEN = """echo '{"ServerURL": "x", "Username": "<token>", "Secret": "t"}'"""
NO_USER = """echo '{"ServerURL": null, "Username": null, "Secret": ""}'"""
NOTHING = "echo credentials not found in native keychain; exit 1"


@pytest.mark.parametrize(
    ("registry", "script", "asked", "expected"),
    [
        ("quay.io", FOUND, "get quay.io", Credentials("me", "secret")),
        ("docker.io", FOUND, "get https://index.docker.io/v1/", Credentials("me", "secret")),
        ("quay.io", TOKEN, "get quay.io", Credentials(identity_token="t")),
        ("quay.io", NO_USER, "get quay.io", ANONYMOUS),
        ("quay.io", NOTHING, "get quay.io", ANONYMOUS),
    ],
)
@pytest.mark.parametrize("store", [True, False])
def test_helpers(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    registry: str,
    script: str,
    asked: str,
    expected: Credentials,
    store: bool,
) -> None:
    helper(tmp_path, monkeypatch, script)
    document = {"credsStore": "test"} if store else {"credHelpers": {registry: "test"}}
    assert keychain(tmp_path, document).credentials(registry, "a/b") == expected
    assert (tmp_path / "asked").read_text().splitlines() == [asked]


def test_a_helper_of_one_path_is_not_asked_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper(tmp_path, monkeypatch, FOUND)
    found = keychain(tmp_path, {"credHelpers": {"quay.io/team": "test"}})
    assert found.credentials("quay.io", "other/app") == ANONYMOUS
    assert found.credentials("quay.io", "team/app").username == "me"


def test_what_the_store_does_not_know_may_be_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper(tmp_path, monkeypatch, NOTHING)
    document = {"credsStore": "test", "auths": {"quay.io": {"auth": encoded("file:x")}}}
    assert keychain(tmp_path, document).credentials("quay.io", "a").username == "file"


@pytest.mark.parametrize("script", ["exit 1", "echo hunter2", "echo '{}'", "echo hunter2 >&2; exit 3"])
def test_a_helper_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    helper(tmp_path, monkeypatch, script)
    with pytest.raises(UnauthorizedError, match="credential helper 'test'") as caught:
        keychain(tmp_path, {"credHelpers": {"quay.io": "test"}}).credentials("quay.io", "a")
    assert "hunter2" not in str(caught.value)
    assert keychain(tmp_path, {"credHelpers": {"quay.io": "test"}}).credentials("ghcr.io", "a") == ANONYMOUS


@pytest.mark.parametrize("name", ["not-installed", "../../bin/sh"])
def test_a_helper_that_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnauthorizedError):
        keychain(tmp_path, {"credHelpers": {"quay.io": name}}).credentials("quay.io", "a")


def test_a_store_that_is_not_installed_does_not_stop_public_images(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert keychain(tmp_path, {"credsStore": "desktop"}).credentials("quay.io", "a") == ANONYMOUS
    assert "docker-credential-desktop is not installed" in caplog.text


def test_credentials_never_show() -> None:
    shown = repr(Credentials("me", "s1", "s2", "s3"))
    assert shown == "Credentials(username='me')"
