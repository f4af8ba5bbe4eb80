"""Airflow's side imports nothing that only the task environment has."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted(
    str(path.relative_to(ROOT / "plugins").with_suffix("")).replace("/", ".").removesuffix(".__init__")
    for path in (ROOT / "plugins" / "praxi_airflow").rglob("*.py")
)


def lazily_imported() -> set[tuple[str, str]]:
    """Return what of the tasks some function or module of Airflow's side imports: module and name."""
    nodes = (
        node for path in (ROOT / "plugins").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))
    )
    imports = (node for node in nodes if isinstance(node, ast.ImportFrom) and node.module)
    named = {(node.module or "", alias.name) for node in imports for alias in node.names}
    return {(module, name) for module, name in named if module.startswith("praxi_tasks.")}


def locked(lock: Path) -> set[str]:
    """Return the names of a lock's distributions."""
    return {
        match[1].lower() for match in re.finditer(r"^([A-Za-z0-9._-]+)==", lock.read_text(), re.MULTILINE)
    }


def heavy_modules() -> set[str]:
    """Return the top-level modules of distributions that the Airflow image does not hold."""
    only_tasks = locked(ROOT / "images/task/requirements.txt") - locked(
        ROOT / "images/airflow/requirements.txt"
    )
    owners = importlib.metadata.packages_distributions()
    return {
        module
        for module, names in owners.items()
        if {name.lower().replace("_", "-") for name in names} <= only_tasks
    }


@pytest.mark.slow
def test_every_module_imports_without_the_tasks_libraries(tmp_path: Path) -> None:
    heavy = heavy_modules()
    assert {"xgboost", "optuna", "arro3", "zstandard"} <= heavy
    names = sorted(lazily_imported())
    assert ("praxi_tasks.notify", "send_message") in names
    # None in sys.modules makes an import fail as it does where the distribution is not installed.
    program = (
        f"import importlib, sys\nsys.modules.update(dict.fromkeys({sorted(heavy)!r}))\n"
        f"for module in {MODULES!r}: importlib.import_module(module)\n"
        f"for module, name in {names!r}: exec(f'from {{module}} import {{name}}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}",
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        },
    )
    assert done.returncode == 0, done.stderr
