"""The registry's database in a file: whole or not there, whoever is killed or comes at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from praxi_tasks.learning.model_registry.connection import is_empty
from praxi_tasks.learning.model_registry.embedded_database import database_uri
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from tests.conftest import ROOT

_DIES = """
import os, sys
from pathlib import Path
from sqlalchemy import Engine, event
from praxi_tasks.learning.model_registry.embedded_database import make_database

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def die(*told):
    global left
    left -= 1
    if not left:
        os._exit(9)

make_database(Path(sys.argv[1]))
"""
_COUNTS = """
import sys
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
print(len(MlflowRegistry(sys.argv[1]).versions()))
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.slow
@pytest.mark.parametrize("statements", [50, 200, 500])
def test_whoever_comes_after_one_that_was_killed_finds_it_whole(tmp_path: Path, statements: int) -> None:
    file = tmp_path / "mlflow.db"
    assert start(_DIES, str(file), str(statements)).wait(60) == 9
    assert is_empty(database_uri(file))
    assert MlflowRegistry(database_uri(file)).versions() == []
    assert not is_empty(database_uri(file))
    assert not list(tmp_path.glob("*.new*"))


@pytest.mark.slow
def test_of_three_who_come_at_once_one_makes_it_and_all_can_use_it(tmp_path: Path) -> None:
    uri = database_uri(tmp_path / "deep" / "mlflow.db")
    together = [start(_COUNTS, uri) for _ in range(3)]
    assert [process.communicate(timeout=300)[0] for process in together] == ["0\n"] * 3
