"""What a package shows to others, and what importing it costs them."""

from __future__ import annotations

import importlib
import subprocess
import sys

from tests.conftest import ROOT


def exported(package: str) -> set[str]:
    """Return the names that a package exports; each of them is there."""
    module = importlib.import_module(package)
    assert sorted(module.__all__) == list(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    return set(module.__all__)


def loaded_by(package: str) -> set[str]:
    """Return the top-level modules that a new interpreter has loaded after importing a package."""
    program = f"import sys, {package}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
