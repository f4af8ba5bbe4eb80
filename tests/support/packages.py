"""Made-up packages, their layers, and a model that knows some of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.images import Layer, layer

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model

SITE = "usr/local/lib/python3.11/site-packages"


@dataclass(frozen=True)
class Package:
    """A made-up release: its files below site-packages."""

    name: str
    version: str

    @property
    def files(self) -> dict[str, bytes]:
        body = f"# {self.name} {self.version}\n".encode()
        modules = [f"{self.name}/{part}.py" for part in ("__init__", "core", "errors", "io", "util")]
        return {path: body + path.encode() * len(self.version) for path in modules}

    def layer(self, *, metadata: bool = True) -> Layer:
        entries = {f"{SITE}/{path}": data for path, data in self.files.items()}
        if metadata:
            info = f"{SITE}/{self.name}-{self.version}.dist-info"
            head = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n"
            record = "".join(f"{path},,\n" for path in self.files)
            entries |= {f"{info}/METADATA": head.encode(), f"{info}/RECORD": record.encode()}
        return layer(entries)

    def line(self) -> str:
        import xxhash

        files = [
            [path, len(data), xxhash.xxh3_64_hexdigest(data)] for path, data in sorted(self.files.items())
        ]
        return json.dumps({"name": self.name, "version": self.version, "wheel": "", "files": files})


SHOP, TILL, BELL = Package("shoplib", "1.0"), Package("tillkit", "2.13"), Package("bellringer", "0.3")


@pytest.fixture(scope="session")
def model_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Train a model that knows two of the packages and the older version of one."""
    from praxi_tasks.learning.training import learn_files

    folder = tmp_path_factory.mktemp("model")
    lines = folder / "releases.jsonl"
    lines.write_text("\n".join(package.line() for package in (SHOP, Package("shoplib", "0.9.1"), TILL)))
    learn_files([lines]).model.save((folder / "model").as_uri())
    return (folder / "model").as_uri()


@pytest.fixture
def model(model_uri: str) -> Model:
    from praxi_tasks.discovery import Model

    return Model.load(model_uri)
