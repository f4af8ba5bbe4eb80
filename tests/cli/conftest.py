"""The command line as the pods run it: a process in the task environment, which knows no Airflow."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

Praxi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def praxi(tmp_path: Path) -> Praxi:
    """Run ``praxi`` with arguments and return how it ended; ``stdin`` and variables may be given."""
    python = ROOT / ".venv-tasks" / "bin" / "python"
    assert python.exists(), "run make setup"

    def run(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            **variables,
        }
        return subprocess.run(
            [str(python), "-m", "praxi_tasks", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            timeout=600,
            check=False,
        )

    return run
