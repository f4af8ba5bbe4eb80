"""What a package shows to others, and what importing it costs them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from inspect import ismodule

from tests.conftest import ROOT


def exported(package: str) -> set[str]:
    """Return the names that a package exports; each is there, and hidden by no module."""
    module = importlib.import_module(package)
    assert sorted(module.__all__) == list(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    folder = ROOT.joinpath(*("plugins" if package.startswith("praxi_airflow") else "", *package.split(".")))
    modules = {path.stem for path in folder.iterdir()} & {*module.__all__}
    assert all(ismodule(getattr(module, name)) for name in modules)
    return set(module.__all__)


def loaded_by(package: str, name: str = "") -> set[str]:
    """Return the top-level modules a new interpreter has loaded after importing a package or a name."""
    statement = f"from {package} import {name}" if name else f"import {package}"
    found = "{name.partition('.')[0] for name in sys.modules}"
    program = f"import sys; sys.path.append('plugins'); {statement}; print(*{found})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
