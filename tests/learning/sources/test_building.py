"""Releases that exist as source only: built where that is allowed, by code that sees nothing of ours."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from praxi_tasks.errors import ReleaseNotFoundError
from praxi_tasks.learning.requests import parse_label
from praxi_tasks.learning.sources.indexes import PyPISource
from tests.support.tools import need

pytestmark = [pytest.mark.slow, pytest.mark.server]

# A build that tells what it sees: a file for each variable, and for each credential in a variable's value.
BACKEND = """
import os, pathlib, zipfile

def _write(folder):
    name = "spy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("spy/__init__.py", "")
        for variable, value in os.environ.items():
            wheel.writestr(f"spy/{variable}", "")
            if "hunter2" in value:
                wheel.writestr("spy/found_a_secret", variable)
        if (pathlib.Path.home() / ".netrc").exists():
            wheel.writestr("spy/found_a_secret", ".netrc")
        wheel.writestr("spy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: spy\\nVersion: 1.0\\n")
        told = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("spy-1.0.dist-info/WHEEL", told)
        wheel.writestr("spy-1.0.dist-info/RECORD", "")
    return name

def build_wheel(folder, settings=None, metadata=None):
    return _write(folder)
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def sdist(folder: Path) -> None:
    """Write a source distribution of one package, which brings its own way to build it."""
    files = {"PKG-INFO": "Metadata-Version: 2.1\nName: spy\nVersion: 1.0\n"}
    with tarfile.open(folder / "spy-1.0.tar.gz", "w:gz") as archive:
        for name, text in (files | {"pyproject.toml": PYPROJECT, "backend.py": BACKEND}).items():
            member = tarfile.TarInfo(f"spy-1.0/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))


def test_nothing_is_built_unless_a_setting_allows_it() -> None:
    need("pip")
    with pytest.raises(ReleaseNotFoundError, match="docopt"):
        PyPISource().read(parse_label("docopt==0.6.2"))


def test_a_release_that_the_index_has_as_source_only_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    need("pip")
    monkeypatch.setenv("PRAXI_LEARN_BUILD", "1")
    found = PyPISource().read(parse_label("docopt==0.6.2")).checked()
    assert "site-packages/docopt.py" in found.paths


def test_what_is_built_sees_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need("pip")
    sdist(tmp_path)
    (tmp_path / ".netrc").write_text("machine index.example login me password hunter2")
    for name, value in {
        "PRAXI_LEARN_BUILD": "1",
        "HOME": str(tmp_path),
        "AWS_SECRET_ACCESS_KEY": "hunter2",
        "PRAXI_STORE": "s3://bucket",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "PIP_EXTRA_INDEX_URL": "https://me:hunter2@index.example/simple",
        "https_proxy": "http://me:hunter2@127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    paths = PyPISource().read(parse_label("spy==1.0")).checked().paths
    assert "site-packages/spy/PIP_EXTRA_INDEX_URL" in paths
    assert "site-packages/spy/found_a_secret" not in paths
    assert not [path for path in paths if "AWS" in path or "PRAXI" in path]
