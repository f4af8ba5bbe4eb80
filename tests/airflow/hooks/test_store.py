"""The store by an Airflow AWS connection, on a real object store."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from praxi_airflow.errors import SettingsError
from praxi_airflow.hooks.store import connected_store, store_variables
from praxi_airflow.operators.build import ReleaseBuildOperator
from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.settings import load_settings
from praxi_tasks.errors import KeyNotFoundError, StoreError, UsageError
from tests.airflow.conftest import Configure
from tests.airflow.operators.test_task import KEY, execute
from tests.airflow.runners.test_process import PYTHON, interpreter
from tests.support.certificates import Issuer
from tests.support.process import free_port
from tests.support.s3 import ObjectStore
from tests.support.site import site

pytestmark = pytest.mark.server
Connect = Callable[..., None]
TAKEN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION")


@pytest.fixture
def connect(object_store: ObjectStore, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Return a function that makes the connection to a new bucket, which the settings then name."""
    for name in TAKEN:
        monkeypatch.delenv(name, raising=False)

    def give(*, password: str = object_store.secret_key, **extra: object) -> None:
        connection = {
            "conn_type": "aws",
            "login": object_store.access_key,
            "password": password,
            "extra": {"endpoint_url": object_store.url, "region_name": "us-east-1"} | extra,
        }
        monkeypatch.setenv("AIRFLOW_CONN_BUCKET", json.dumps(connection))
        uri = object_store.create_bucket(f"connected-{uuid.uuid4().hex}")
        configure(store=f"{uri}/praxi", store_connection="bucket")

    return give


def test_a_connection_opens_the_store_whatever_the_variables_say(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect()
    for name in TAKEN[:3]:
        monkeypatch.setenv(name, "nobody's")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    store = connected_store(load_settings())
    assert store.put("key", b"data")
    assert connected_store(load_settings()).get("key") == b"data"


def test_without_a_connection_the_variables_count(
    object_store: ObjectStore, connect: Connect, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect()
    configure(store_connection="")
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    assert connected_store(load_settings()).put("key", b"data")
    assert store_variables(load_settings()) == {}


def test_a_wrong_secret_names_the_connection(connect: Connect) -> None:
    connect(password="wrong")
    with pytest.raises(StoreError, match="refused the credentials") as caught:
        connected_store(load_settings()).put("key", b"data")
    assert "the Airflow connection bucket" in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_a_connection_that_does_not_exist_is_no_way_to_this_machines_credentials(
    object_store: ObjectStore, connect: Connect, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect()
    configure(store_connection="no_such")
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=r"'no_such' does not exist.*STORE_CONNECTION"):
        connected_store(load_settings())


def test_a_connection_whose_endpoint_is_no_url_is_named(connect: Connect) -> None:
    connect(endpoint_url="not a url")
    with pytest.raises(UsageError, match="correct the Airflow connection bucket"):
        connected_store(load_settings())


@pytest.mark.parametrize("connected", [True, False])
def test_the_settings_authorities_are_trusted(
    connected: bool, connect: Connect, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, stranger = Issuer(tmp_path / "a"), Issuer(tmp_path / "b", "a stranger")
    with site(trusted.issue()) as server:
        connect(endpoint_url=server.url)
        if not connected:
            configure(store_connection="")
            for name, value in zip(TAKEN[:2], ("a", "b"), strict=True):
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        configure(ca_bundle=trusted.certificate)
        with pytest.raises(KeyNotFoundError):
            connected_store(load_settings()).get("key")
        configure(ca_bundle=stranger.certificate)
        with pytest.raises(StoreError, match=r"certificate is not trusted.*the setting ca_bundle"):
            connected_store(load_settings()).get("key")


def test_an_assumed_roles_service_is_trusted_by_the_same_setting(
    connect: Connect, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(Issuer(tmp_path).issue()) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        connect(role_arn="arn:aws:iam::000000000000:role/praxi")
        configure(ca_bundle=Issuer(tmp_path / "other", "a stranger").certificate)
        with pytest.raises(SettingsError, match=r"session service's certificate is not trusted.*ca_bundle"):
            connected_store(load_settings())


def test_a_secret_that_is_renewed_in_a_mounted_file_needs_no_restart(
    object_store: ObjectStore, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(mounted))

    def renew(secret: str) -> None:
        key = f"aws_access_key_id = {object_store.access_key}\naws_secret_access_key = {secret}\n"
        mounted.write_text(f"[praxi]\n{key}")

    renew("the old one")
    connect(profile_name="praxi", password="")
    connection = json.loads(os.environ["AIRFLOW_CONN_BUCKET"])
    del connection["login"]
    monkeypatch.setenv("AIRFLOW_CONN_BUCKET", json.dumps(connection))
    with pytest.raises(StoreError, match="refused the credentials"):
        connected_store(load_settings()).put("key", b"data")
    renew(object_store.secret_key)
    assert connected_store(load_settings()).put("key", b"data")


def test_without_the_amazon_provider_the_message_names_it(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect()
    monkeypatch.setitem(sys.modules, "airflow.providers.amazon.aws.hooks.base_aws", None)
    with pytest.raises(SettingsError, match=r"praxi-airflow\[amazon\]"):
        connected_store(load_settings())


class TestProcesses:
    def test_a_process_gets_the_connections_credentials_and_no_others(
        self, object_store: ObjectStore, connect: Connect, configure: Configure, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        connect()
        caplog.set_level(logging.DEBUG)
        monkeypatch.setenv("AWS_SESSION_TOKEN", "stale")
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token")
        configure(task_python=interpreter(tmp_path, f'env > {tmp_path}/seen; echo "$@" > {tmp_path}/argv'))
        execute(PraxiTaskOperator(task_id="t", command="plan"))
        seen = dict(line.partition("=")[::2] for line in (tmp_path / "seen").read_text().splitlines())
        assert {name: seen[name] for name in object_store.environment} == object_store.environment
        assert not {"AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"} & set(seen)
        assert object_store.secret_key not in (tmp_path / "argv").read_text() + caplog.text

    def test_untrusted_code_gets_none(self, connect: Connect, configure: Configure, tmp_path: Path) -> None:
        connect()
        configure(task_python=interpreter(tmp_path, f"env > {tmp_path}/seen; exit 1"))
        with pytest.raises(Exception, match="exit code 1"):
            execute(ReleaseBuildOperator(task_id="t", release="a==1"))
        assert "AWS_" not in (tmp_path / "seen").read_text()

    @pytest.mark.needs(str(PYTHON))
    def test_a_real_command_reads_and_writes_the_store(self, connect: Connect) -> None:
        connect()
        images = json.dumps([{"image": f"127.0.0.1:{free_port()}/gone:1"}]).encode()
        connected_store(load_settings()).put(f"audits/{KEY}/images.json", images)
        plan = PraxiTaskOperator(task_id="t", command="plan", result="batches.json")
        assert execute(plan, try_number=3) == []


class TestAssumedRole:
    """With a server that answers ``AssumeRole`` as AWS does: the object store has no such service."""

    @pytest.fixture
    def asked(self, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
        """Make the connection assume a role; return the bodies of the requests that were made for it."""
        requests: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                requests.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                # Few minutes left: botocore renews such credentials before it hands them out again.
                expiry = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
                body = ASSUMED.format(number=len(requests), expiry=expiry).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sts = {"endpoint_url": f"http://127.0.0.1:{server.server_port}"}
        connect(role_arn="arn:aws:iam::123456789012:role/praxi", service_config={"sts": sts})
        yield requests
        server.shutdown()
        server.server_close()

    def test_the_roles_credentials_reach_a_process_and_are_renewed(self, asked: list[str]) -> None:
        given = store_variables(load_settings())
        assert "Action=AssumeRole" in asked[0]
        assert "role%2Fpraxi" in asked[0]
        assert given["AWS_ACCESS_KEY_ID"].startswith("ASSUMED")
        assert given["AWS_SESSION_TOKEN"] == f"token{len(asked)}"
        assert len(asked) > 1


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/praxi/x</Arn><AssumedRoleId>x:x</AssumedRoleId>
</AssumedRoleUser><Credentials><AccessKeyId>ASSUMED{number}ASSUMED</AccessKeyId>
<SecretAccessKey>secret{number}</SecretAccessKey><SessionToken>token{number}</SessionToken>
<Expiration>{expiry}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
