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
from praxi_tasks.findings.packages import (
    MIRRORED_ECOSYSTEMS, claim_purl, ecosystem_namespace, parse_version, release_purl
)
from praxi_tasks.inventory import keep_file, read_inventory

PATH = "srv/vendor/composer/installed.json"
packages = [{"name": "symfony/console", "version": "v6.4.1"}, {"name": "", "version": "1"}]
contents = {
    PATH: json.dumps({"packages": packages}).encode(),
    "opt/vendor/composer/installed.json": b"[]",
    "srv/composer.json": b"{}",
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
    "namespace": ecosystem_namespace("Packagist"),
    "mirrored": "Packagist" in MIRRORED_ECOSYSTEMS,
    "older": parse_version("composer", "5.4.10") < parse_version("composer", claim.version),
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
    replace_once(ecosystems, "\nECOSYSTEMS: Final", f"\n{row}\nECOSYSTEMS: Final")
    replace_once(ecosystems, ", RPM)", ", RPM, COMPOSER)")
    readers = tmp_path / "praxi_tasks/inventory/readers.py"
    replace_once(readers, "language import npm", "language import composer, npm")
    replace_once(readers, "    npm.READER,\n", "    npm.READER,\n    composer.READER,\n")
    return tmp_path


def run(folder: Path, code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)
    return json.loads(done.stdout)


def test_the_pages_reader_reads_a_layer(followed: Path) -> None:
    found = run(followed, READ)
    database = "srv/vendor/composer/installed.json"
    assert found["kept"] == ["opt/vendor/composer/installed.json", database]
    assert found["claim"] == ["composer", "symfony/console", "v6.4.1", database]
    assert len(found["problems"]) == 2
    assert found["purl"] == "pkg:composer/symfony/console@v6.4.1"
    assert found["namespace"] == "composer"
    assert found["mirrored"]
    assert found["older"]
