"""A store reached by a pod's own token and no static key, at a real STS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.errors import PraxiError, StoreError, StoreSessionError, StoreUnavailableError, UsageError
from praxi_tasks.store import open_store, s3
from praxi_tasks.store.probing import try_everything
from praxi_tasks.store.web_identity import session_config
from tests.conftest import ROOT
from tests.support.certificates import Issuer
from tests.support.process import free_port
from tests.support.site import site
from tests.support.web_identity import BUCKET, ROLE, SESSION_SECONDS, Federation, federation

URI = f"s3://{BUCKET}/praxi"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    with federation(tmp_path_factory.mktemp("federation")) as running:
        yield running


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the token's file, which the variables of a pod name; there is no key."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(s3, "PAUSES", ())
    file = tmp_path / "token"
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return file


@pytest.fixture
def at_home(world: Federation, token: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the token's file, with a token that the role is given for."""
    token.write_text(world.issuer.token())
    monkeypatch.setenv("AWS_ENDPOINT_URL", world.url)
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(world.authority))
    return token


@pytest.mark.server
def test_the_token_opens_the_store_and_nothing_else(at_home: Path) -> None:
    try_everything(open_store(URI))
    with pytest.raises(StoreError, match=r"identity may not do this.*that of AWS_ROLE_ARN the policy"):
        open_store(f"s3://{BUCKET}/other").put("key", b"")


@pytest.mark.server
def test_a_command_needs_no_other_credential(at_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "praxi_tasks", "doctor", "--store", URI, "--format", "json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    (found,) = [each for each in json.loads(done.stdout) if "writes once, lists, reads" in each["what"]]
    assert found["status"] == "ok"
    assert at_home.read_text() not in done.stdout + done.stderr


@pytest.mark.server
def test_a_token_that_is_renewed_is_seen_by_who_runs(at_home: Path, world: Federation) -> None:
    store = open_store(URI)
    assert store.put("renewed", b"1")
    at_home.write_text(world.issuer.token("system:serviceaccount:other:other"))
    time.sleep(SESSION_SECONDS + 1)  # until then it may go on with the session that it has
    with pytest.raises(StoreError, match="does not give this identity the role"):
        store.get("renewed")
    at_home.write_text(world.issuer.token())
    assert store.get("renewed") == b"1"


@pytest.mark.server
@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        ("account", StoreError, "does not give this identity the role.*AWS_ROLE_ARN.*serviceaccount"),
        ("audience", StoreError, "does not take the token .400.*audience"),
        ("expired", StoreSessionError, "token has expired.*projected volume"),
        ("none", StoreError, "token can't be read .*docs/identity.md"),
        ("role", StoreError, "does not give this identity the role .403"),
    ],
)
def test_why_there_is_no_session_is_said(
    kind: str,
    error: type[PraxiError],
    said: str,
    at_home: Path,
    world: Federation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if kind == "none":
        at_home.unlink()
    elif kind == "role":
        monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::role/nobodys")
    else:
        wrong = {
            "account": world.issuer.token("system:serviceaccount:praxi:default"),
            "audience": world.issuer.token(audience="https://kubernetes.default.svc"),
            "expired": world.issuer.token(seconds=-60),
        }
        at_home.write_text(wrong[kind])
    with pytest.raises(error, match=said) as caught:
        open_store(URI).get("key")
    assert type(caught.value) is error
    assert "AWS_ENDPOINT_URL" not in str(caught.value)


def test_a_session_service_that_is_away_is_not_the_store(
    token: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token.write_text("token")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"https://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnavailableError, match=r"service can't be reached.*AWS_ENDPOINT_URL_STS"):
        open_store(URI).get("key")


def test_a_session_services_certificate_is_checked(
    token: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token.write_text("token")
    with site(Issuer(tmp_path / "tls").issue()) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(StoreError, match=r"service's certificate is not trusted.*PRAXI_CA_BUNDLE"):
            open_store(URI).get("key")
        assert server.asked == []


def test_a_token_is_not_sent_in_the_clear_and_a_role_is_needed(
    token: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://minio.storage.svc:9000")
    with pytest.raises(UsageError, match=r"over https.*minio.*AWS_ENDPOINT_URL_STS"):
        open_store(URI)
    monkeypatch.delenv("AWS_ROLE_ARN")
    with pytest.raises(UsageError, match=r"no role to take on.*set AWS_ROLE_ARN"):
        open_store(URI)


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({}, None),
        ({"AWS_ENDPOINT_URL": "https://s3.eu-central-1.amazonaws.com"}, None),
        ({"AWS_ENDPOINT_URL_S3": "https://s3.example"}, None),
        ({"AWS_ENDPOINT_URL": "https://minio.example"}, "https://minio.example"),
        ({"AWS_ENDPOINT_URL": "https://a", "AWS_ENDPOINT_URL_STS": "https://b/"}, "https://b"),
        ({"AWS_ENDPOINT_URL": "https://minio.example", "AWS_ACCESS_KEY_ID": "static"}, None),
    ],
)
def test_whom_a_session_is_asked_of(
    variables: dict[str, str], asked: str | None, token: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert list(session_config().values()) == ([asked] if asked else [])


@pytest.mark.parametrize("host", ["169.254.170.23", "[fd00:ec2::23]"])
def test_a_pods_credential_service_that_is_away_is_named(
    host: str, monkeypatch: pytest.MonkeyPatch, token: Path
) -> None:
    monkeypatch.delenv("AWS_WEB_IDENTITY_TOKEN_FILE")
    token.write_text("token")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://{host}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token))
    with pytest.raises(StoreUnavailableError, match=r"hands out this pod's credentials.*network policy"):
        open_store(URI).get("key")
