"""What Airflow's own plugin loader makes of the plugins folder, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.airflow_home import ROOT, environment

PLUGINS = ROOT / "plugins"
LOAD = """
import json, sys
from airflow import plugins_manager
loaded, errors = plugins_manager._get_plugins()
folder = sys.argv[1]
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
print("LOADED " + json.dumps({
    "plugins": [[plugin.name, str(plugin.source)] for plugin in loaded],
    "errors": errors,
    "executed": sorted(name for name, file in files.items() if file.startswith(folder)),
    "kubernetes": "kubernetes" in sys.modules,
}))
"""


def load(home: Path, folder: Path, *more: Path, **settings: str) -> dict[str, Any]:
    """Return what Airflow's loader finds in a plugins folder; ``more`` is on the path as well."""
    given = environment(home) | {
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder),
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, folder, *more))),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)],
        env=os.environ | given | settings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("LOADED ")]
    found: dict[str, Any] = json.loads(line.removeprefix("LOADED "))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the plugins folder."""
    copy = tmp_path / "plugins"
    shutil.copytree(PLUGINS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("syntax", ["glob", "regexp"])
def test_only_the_plugin_module_is_executed(tmp_path: Path, syntax: str) -> None:
    found = load(tmp_path, PLUGINS, AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX=syntax)
    bare = [name for name in found["executed"] if name.partition(".")[0] != "praxi_airflow"]
    assert bare == ["praxi_plugin"]
    assert found["plugins"] == [["praxi", "$PLUGINS_FOLDER/praxi_plugin.py"]]
    assert found["errors"] == {}
    assert not found["kubernetes"]


@pytest.mark.slow
def test_without_the_ignore_file_airflow_would_execute_every_module(tmp_path: Path, folder: Path) -> None:
    (folder / ".airflowignore").unlink()
    bare = {name for name in load(tmp_path, folder)["executed"] if "." not in name}
    assert {"praxi_plugin", "errors", "intervals", "factory"} <= bare


@pytest.mark.slow
def test_an_installed_package_registers_the_plugin_once(tmp_path: Path, folder: Path) -> None:
    installed = tmp_path / "site" / "praxi_airflow-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: praxi-airflow\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(
        "[airflow.plugins]\npraxi = praxi_airflow.plugin:PraxiPlugin\n"
    )
    found = load(tmp_path, folder, installed.parent)
    assert found["errors"] == {}
    ((name, source),) = found["plugins"]
    assert name == "praxi"
    assert source.startswith("praxi-airflow==1")
