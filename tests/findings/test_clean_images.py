"""What is listed for clean images of the kinds that most others are built on: nothing but what is true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from praxi_tasks.findings.assessment import Assessor
from praxi_tasks.findings.detectors import Knowledge
from praxi_tasks.findings.feeds import FolderFeeds, Lifecycle
from praxi_tasks.findings.image.fusion import FusedImage, LayerFacts, fuse
from tests.conftest import ROOT
from tests.inventory.language.test_runtimes import NODE, PYTHON
from tests.inventory.layers import changeset, inventory_of

STATUS = b"Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2\nArchitecture: amd64\n\n"
DEBIAN = {
    "etc/os-release": b'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n',
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/bash.list": b"/.\n/usr/bin/bash\n",
    "usr/bin/bash": b"x",
}
LIBRARY = "usr/local/lib/python3.12"
PIP = f"{LIBRARY}/site-packages/pip-26.0.dist-info"
NPM = "usr/local/lib/node_modules/npm"
CLEAN: dict[str, dict[str, bytes]] = {
    "python:slim": {
        **DEBIAN,
        "usr/local/bin/python3.12": b"x",
        "usr/local/include/python3.12/patchlevel.h": PYTHON,
        f"{LIBRARY}/os.py": b"x",
        f"{LIBRARY}/json/decoder.py": b"x",
        f"{LIBRARY}/site-packages/pip/main.py": b"x",
        f"{PIP}/METADATA": b"Metadata-Version: 2.1\nName: pip\nVersion: 26.0\n",
        f"{PIP}/RECORD": b"pip/main.py,,\npip-26.0.dist-info/METADATA,,\npip-26.0.dist-info/RECORD,,\n",
    },
    "node": {
        **DEBIAN,
        "usr/local/bin/node": b"x",
        "usr/local/include/node/node_version.h": NODE,
        f"{NPM}/package.json": b'{"name": "npm", "version": "10.9.0"}',
        f"{NPM}/index.js": b"x",
    },
    "distroless": {
        "etc/os-release": DEBIAN["etc/os-release"],
        "var/lib/dpkg/status.d/base-files": STATUS.replace(b"bash", b"base-files"),
        "var/lib/dpkg/status.d/base-files.md5sums": b"0123456789abcdef0123456789abcdef  usr/share/base\n",
        "usr/share/base": b"x",
    },
}


def image_of(contents: Mapping[str, bytes]) -> FusedImage:
    changes = changeset(dict.fromkeys(contents, "f"))
    return fuse([LayerFacts(changes, inventory_of(contents))])


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_image_has_few_rows_and_no_false_one(name: str) -> None:
    nowhere = FolderFeeds(ROOT / "nowhere")
    knowledge = Knowledge(date(2026, 11, 28), lifecycle=Lifecycle.load(nowhere, nowhere))
    found = Assessor(knowledge).examine(image_of(CLEAN[name]))[0]
    assert {finding.kind for finding in found} <= {"unexplained"}
    assert sum(finding.severity != "info" for finding in found) <= 1


@pytest.mark.parametrize(
    ("name", "purl"), [("python:slim", "pkg:generic/python@3.12.4"), ("node", "pkg:generic/node@22.3.0")]
)
def test_its_runtime_is_a_component(name: str, purl: str) -> None:
    assert purl in {component.purl for component in image_of(CLEAN[name]).components}
