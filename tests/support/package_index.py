"""A package index of the tests' own, and source distributions to put on it."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.site import Answer, Site, site

_JSON: Final = "application/vnd.pypi.simple.v1+json"
BACKEND: Final = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
"""A pyproject.toml of a source distribution that brings its own way to build it, ``backend.py``."""


class PackageIndex:
    """An index of what was published on it; ``asked`` are the paths that were asked for."""

    def __init__(self, server: Site) -> None:
        self.url = f"{server.url}/simple"
        self._server = server
        self._files: dict[str, list[dict[str, object]]] = {}

    @property
    def asked(self) -> list[str]:
        return [path for path, _ in self._server.asked]

    def publish(self, file: str, data: bytes, digest: str = "") -> None:
        """Put a file on the page of its package, with its digest or a wrong one."""
        package = file.partition("-")[0].replace("_", "-").lower()
        listed = self._files.setdefault(package, [])
        sha256 = digest or hashlib.sha256(data).hexdigest()
        listed.append({"filename": file, "url": f"../../files/{file}", "hashes": {"sha256": sha256}})
        page = json.dumps({"meta": {"api-version": "1.0"}, "name": package, "files": listed})
        self._server.answers[f"/simple/{package}/"] = Answer(page.encode(), _JSON)
        self._server.answers[f"/files/{file}"] = Answer(data)

    def refuse(self, package: str, status: int) -> None:
        """Answer with this status when the page of a package is asked for."""
        self._server.answers[f"/simple/{package}/"] = Answer(b"no", "text/plain", status)


@contextmanager
def package_index(certificate: Path | None = None) -> Iterator[PackageIndex]:
    """Run an index on a free loopback port; see :func:`~tests.support.site.site`."""
    with site(certificate) as server:
        yield PackageIndex(server)


def sdist(name: str, version: str, files: Mapping[str, str]) -> bytes:
    """Return a source distribution with these files and no others but its metadata."""
    data = io.BytesIO()
    told = {"PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for path, text in (told | dict(files)).items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue()


@pytest.fixture(scope="session")
def setuptools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of setuptools, from the index that pip is configured for."""
    folder = tmp_path_factory.mktemp("setuptools")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run(
        [*download, "--dest", str(folder), "setuptools"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel
