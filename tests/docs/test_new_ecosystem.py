"""The page on new ecosystems is followed to the letter on a copy of the code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
READ = """
import json
import numpy as np
from types import SimpleNamespace
from praxi_tasks.findings.packages import claim_purl, parse_version
from praxi_tasks.inventory import keep_file, read_inventory

contents = {
    "srv/bower_components/jquery/.bower.json": json.dumps({"name": "jquery", "version": "3.7.1"}).encode(),
    "opt/bower_components/x/.bower.json": b"[]",
    "opt/bower_components/y/.bower.json": b"{}",
    "srv/bower_components/jquery/dist/jquery.js": b"",
    "srv/bower.json": b"{}",
}
kept = {path: data for path, data in contents.items() if keep_file(path)}
types = np.full(len(contents), ord("f"), np.uint8)
inventory = read_inventory(SimpleNamespace(digest="sha256:0", paths=list(contents), types=types), kept)
(claim,) = inventory.claims
print(json.dumps({
    "kept": sorted(kept),
    "problems": inventory.problems,
    "claim": [claim.ecosystem, claim.name, claim.version, claim.database],
    "purl": claim_purl(claim, None),
    "files": claim.files,
    "older": parse_version("bower", "3.6.10") < parse_version("bower", claim.version),
}))
"""


def replace_once(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """A copy of the tasks' code with the edits that the page asks for."""
    shutil.copytree(
        PROJECT / "praxi_tasks", tmp_path / "praxi_tasks", ignore=shutil.ignore_patterns("__pycache__")
    )
    page = (PROJECT / "docs/new-ecosystem.md").read_text()
    row, module = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    target = re.search(r"^## 2\. The reader: `(\S+)`$", page, re.MULTILINE)
    assert target is not None
    (tmp_path / target[1]).write_text(module)
    ecosystems = tmp_path / "praxi_tasks/ecosystems.py"
    replace_once(ecosystems, "\n_ROWS: Final", f"\n{row}\n_ROWS: Final")
    replace_once(ecosystems, "(PYPI, NPM, ", "(PYPI, NPM, BOWER, ")
    readers = tmp_path / "praxi_tasks/inventory/readers.py"
    replace_once(readers, "language import (\n", "language import (\n    bower,\n")
    replace_once(readers, "    npm.READER,\n", "    npm.READER,\n    bower.READER,\n")
    return tmp_path


def run(folder: Path, code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)
    return json.loads(done.stdout)


def test_the_pages_reader_reads_a_layer(followed: Path) -> None:
    found = run(followed, READ)
    folder = "srv/bower_components/jquery"
    assert len(found["kept"]) == 3
    assert found["claim"] == ["bower", "jquery", "3.7.1", f"{folder}/.bower.json"]
    assert found["files"] == [f"{folder}/.bower.json", f"{folder}/dist/jquery.js"]
    assert len(found["problems"]) == 2
    assert found["purl"] == "pkg:bower/jquery@3.7.1"
    assert found["older"]
