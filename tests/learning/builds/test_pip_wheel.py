"""Source distributions, real and hostile, built by the real pip from an index of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.errors import BuildError
from praxi_tasks.learning.builds.pip_wheel import build_release, refuse_tokens
from praxi_tasks.learning.builds.sandbox import Bounds
from praxi_tasks.learning.data.requests import parse_label
from tests.support.certificates import public_part, self_signed
from tests.support.package_index import BACKEND, PackageIndex, package_index, sdist, setuptools

__all__ = ["setuptools"]

pytestmark = [pytest.mark.slow, pytest.mark.server]

SHOP = parse_label("shop==1.0")

# Makes a wheel whose files tell what the build saw: an empty file for each variable that it was given, and
# one for each secret that it found, wherever pip or its user keep such.
SPY = """
import os, pathlib, zipfile

NAME = "shop-1.0-py3-none-any.whl"

def build_wheel(folder, settings=None, metadata=None):
    with zipfile.ZipFile(pathlib.Path(folder, NAME), "w") as wheel:
        wheel.writestr("shop/__init__.py", "")
        for variable, value in os.environ.items():
            wheel.writestr(f"shop/saw_{variable}", "")
            if "hunter2" in value:
                wheel.writestr("shop/found_a_secret", variable)
        for place in (".netrc", ".pypirc", ".config/pip/pip.conf", ".aws/credentials"):
            if (pathlib.Path.home() / place).exists():
                wheel.writestr("shop/found_a_secret", place)
        wheel.writestr("shop-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: shop\\nVersion: 1.0\\n")
        told = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("shop-1.0.dist-info/WHEEL", told)
        wheel.writestr("shop-1.0.dist-info/RECORD", "")
        EXTRA
    return NAME
"""
SETUP = "from setuptools import setup\nsetup(name='shop', version='1.0', packages=['shop'])\n"


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    with package_index() as running:
        yield running


def publish(index: PackageIndex, backend: str, extra: str = "pass") -> None:
    files = {"pyproject.toml": BACKEND, "backend.py": backend.replace("EXTRA", extra)}
    index.publish("shop-1.0.tar.gz", sdist("shop", "1.0", files))


def test_a_release_is_built_with_what_the_index_has(index: PackageIndex, setuptools: Path) -> None:
    index.publish(setuptools.name, setuptools.read_bytes())
    index.publish("shop-1.0.tar.gz", sdist("shop", "1.0", {"setup.py": SETUP, "shop/__init__.py": "x = 1\n"}))
    listing = build_release(SHOP, index.url)
    assert listing.reason == ""
    assert "site-packages/shop/__init__.py" in listing.release(SHOP).paths
    assert "/simple/setuptools/" in index.asked


def test_only_that_index_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path / "server.pem")
    authority = tmp_path / "ca-bundle.crt"
    authority.write_text(public_part(certificate))
    monkeypatch.setenv("PRAXI_CA_BUNDLE", str(authority))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with package_index(certificate) as index, package_index() as other:
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", other.url)
        needs = BACKEND.replace("requires = []", 'requires = ["nobody-has-this"]')
        index.publish("shop-1.0.tar.gz", sdist("shop", "1.0", {"pyproject.toml": needs}))
        assert "nobody-has-this" in build_release(SHOP, index.url).reason
        assert "/simple/nobody-has-this/" in index.asked
        assert other.asked == []


def test_what_is_built_sees_no_credentials(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hunter2")
    for name, value in {
        "HOME": str(tmp_path),
        "AWS_SECRET_ACCESS_KEY": "hunter2",
        "PRAXI_STORE": "s3://hunter2",
        "PRAXI_REGISTRY_AUTH_FILE": str(tmp_path / ".netrc"),
        "PIP_EXTRA_INDEX_URL": "https://me:hunter2@index.example/simple",
        "https_proxy": "http://me:hunter2@127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    publish(index, SPY)
    paths = build_release(SHOP, index.url).release(SHOP).paths
    assert "site-packages/shop/saw_HOME" in paths
    assert "site-packages/shop/found_a_secret" not in paths
    assert not [path for path in paths if "AWS" in path or "PRAXI" in path or "proxy" in path]


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("os.rename(pathlib.Path(folder, NAME), pathlib.Path(folder, 'farm-1.0-py3-none-any.whl'))", "shop"),
        ("wheel.writestr('../../etc/passwd', 'root::0:0')", "etc/passwd"),
        ("wheel.writestr('/etc/passwd', 'root::0:0')", "etc/passwd"),
        ("wheel.close(); pathlib.Path(folder, NAME).write_text('no wheel'); return NAME", "not a zip"),
        ("raise SystemExit('it needs a compiler')", "it needs a compiler"),
    ],
    ids=["another-name", "outside", "absolute", "no-zip", "failing"],
)
def test_what_is_no_wheel_of_the_release_is_a_reason(index: PackageIndex, extra: str, reason: str) -> None:
    publish(index, SPY, extra)
    listing = build_release(SHOP, index.url)
    assert reason in listing.reason
    assert listing.paths == []


def test_a_build_without_end_is_ended(index: PackageIndex) -> None:
    publish(index, "while True: pass")
    assert "more than 1 s" in build_release(SHOP, index.url, Bounds(seconds=1)).reason


def test_source_that_is_not_the_listed_one_is_never_built(index: PackageIndex) -> None:
    files = {"pyproject.toml": BACKEND, "backend.py": SPY}
    index.publish("shop-1.0.tar.gz", sdist("shop", "1.0", files), digest="ab" * 32)
    assert "not the one that the index lists" in build_release(SHOP, index.url).reason


def test_no_foreign_code_runs_where_a_token_lies(tmp_path: Path) -> None:
    refuse_tokens(tmp_path / "nowhere")
    refuse_tokens(tmp_path)
    token = tmp_path / "kubernetes.io" / "serviceaccount" / "token"
    token.parent.mkdir(parents=True)
    token.write_text("eyJ")
    with pytest.raises(BuildError, match="holds a token"):
        refuse_tokens(tmp_path)
