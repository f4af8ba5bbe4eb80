"""A real object store that speaks S3 (SeaweedFS), on free loopback ports."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.support.process import Server, free_port, running, start_server

_START_SECONDS = 180.0


@dataclass(frozen=True)
class ObjectStore:
    """A running store; ``environment`` is what a program needs to use it."""

    server: Server
    url: str
    access_key: str
    secret_key: str = field(repr=False)

    def as_user(self, name: str) -> ObjectStore:
        """Return the store as a user of ``policies`` sees it."""
        return replace(self, access_key=name, secret_key=_secret_of(name))

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": "us-east-1",
        }

    def create_bucket(self, name: str) -> str:
        """Create a bucket and return its URI."""
        self.client().create_bucket(Bucket=name)
        return f"s3://{name}"

    def client(self) -> Any:
        """Return a client of AWS's own library."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
        )


@contextmanager
def run_object_store(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    policies: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    options: Sequence[str] = (),
) -> Iterator[ObjectStore]:
    """Run SeaweedFS with its files below ``folder`` and one user with a password of its own.

    ``policies`` adds users that may do what a policy in AWS's form says, ``options`` words of its command.
    """
    folder.mkdir(parents=True, exist_ok=True)
    access_key, secret_key = "praxi-tests", "not-a-secret-but-wanted"
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "List", "Write", "Tagging"],
    }
    users = [
        {
            "name": name,
            "credentials": [{"accessKey": name, "secretKey": _secret_of(name)}],
            "policyNames": [name],
        }
        for name in policies
    ]
    named = [{"name": name, "content": json.dumps(policy)} for name, policy in policies.items()]
    (folder / "s3.json").write_text(json.dumps({"identities": [identity, *users], "policies": named}))
    port = free_port()
    server = start_server("weed", [*_command(folder, port, host), *options], folder)
    with running(server, grace=0.5):  # it takes its time to save what nobody will read
        url = f"http://{host}:{port}"
        server.wait_until(lambda: _answers(url), seconds=_START_SECONDS)
        yield ObjectStore(server, url, access_key, secret_key)


def _secret_of(name: str) -> str:
    return f"not-a-secret-of-{name}"


def _command(folder: Path, port: int, host: str) -> list[str | Path]:
    ports = [
        f"-{part}={free_port()}"
        for part in (
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
            "s3.port.grpc",
        )
    ]
    data = folder / "data"
    data.mkdir(exist_ok=True)
    return [
        Path(sys.executable).parent / "weed",
        "server",
        f"-dir={data}",
        f"-ip={host}",
        f"-ip.bind={host}",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=0",
        "-filer",
        "-s3",
        "-s3.port.iceberg=0",  # these two would be the same for every store on this machine
        "-s3.port.lance=0",
        f"-s3.port={port}",
        # Two servers that nobody asked for, each on one port that it takes from every other store.
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder / 's3.json'}",
        *ports,
    ]


def _answers(url: str) -> bool:
    """Return whether S3 answers: 403 to somebody unknown."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        return error.code == 403
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """Return a real object store, shared by the session: use a bucket of your own."""
    with run_object_store(tmp_path_factory.mktemp("s3")) as store:
        yield store
