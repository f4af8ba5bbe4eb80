"""npm tarballs out of a registry that is spoken to directly: a real one, and hostile ones."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator

import pytest

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.npm.registry import NpmRegistry
from tests.support.site import Answer, Site, site
from tests.support.tools import need

SHOP = parse_label("npm/@corner/shop@1.0.0")
HOME = "usr/local/lib/node_modules/@corner/shop"


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        yield running


def publish(server: Site, integrity: str = "") -> NpmRegistry:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/index.js")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"shop"))
    told = integrity or f"sha512-{base64.b64encode(hashlib.sha512(data.getvalue()).digest()).decode()}"
    dist = {"tarball": f"{server.url}/shop.tgz", "integrity": told}
    versions = {version: {"dist": dist} for version in ("1.0.0", "1.1.0-beta", "1.2.0")}
    server.answers["/@corner%2Fshop"] = Answer(
        json.dumps({"versions": versions}).encode(), "application/json"
    )
    server.answers["/shop.tgz"] = Answer(data.getvalue())
    return NpmRegistry(server.url)


def test_the_tarball_of_the_version_is_listed(server: Site) -> None:
    registry = publish(server)
    assert registry.read(SHOP).checked().paths == [f"{HOME}/index.js"]
    assert registry.versions(SHOP) == ["1.2.0", "1.0.0"]


def test_what_is_not_there_or_not_the_listed_file(server: Site) -> None:
    with pytest.raises(ReleaseNotFoundError):
        publish(server).read(parse_label("npm/@corner/shop@9.0.0"))
    with pytest.raises(ReleaseNotFoundError):
        publish(server).read(parse_label("npm/other@1.0.0"))
    with pytest.raises(ReleaseRefusedError):
        publish(server, f"sha512-{base64.b64encode(bytes(64)).decode()}").read(SHOP)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"versions": []}',
        b'{"versions": {"1.0.0": {}}}',
        b'{"versions": {"1.0.0": {"dist": {"tarball": "\xff"}}}}',
        b'{"versions": ' + b'{"a":' * 100_000,
    ],
)
def test_nonsense_is_a_reason_and_no_crash(server: Site, body: bytes) -> None:
    server.answers["/@corner%2Fshop"] = Answer(body, "application/json")
    with pytest.raises(ReleaseError):
        NpmRegistry(server.url).read(SHOP)


@pytest.mark.slow
@pytest.mark.server
def test_the_real_registry() -> None:
    need("npm")
    told = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=False)
    registry, wanted = NpmRegistry(told.stdout.strip().rstrip("/")), parse_label("npm/left-pad@1.3.0")
    assert "usr/local/lib/node_modules/left-pad/index.js" in registry.read(wanted).checked().paths
    assert "1.3.0" in registry.versions(wanted)
