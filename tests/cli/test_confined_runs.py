"""What a Dag's run passes to a command is confined to the store and to what a variable lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from praxi_tasks.errors import ExitCode
from tests.cli.conftest import Praxi

CANARY = "HUNTER2"


@pytest.mark.parametrize("name", ["list", "request"])
def test_the_environment_of_a_training_is_no_list_and_no_request(
    praxi: Praxi, tmp_path: Path, name: str
) -> None:
    ended = praxi(
        "learn",
        "--run",
        "r",
        "releases",
        f"--settings={json.dumps({name: 'file:///proc/self/environ'})}",
        PRAXI_STORE=f"{tmp_path}/store",
        PRAXI_MODEL=f"{tmp_path}/model",
        AWS_SECRET_ACCESS_KEY=CANARY,
    )
    assert ended.returncode == ExitCode.USAGE
    assert "may not read" in ended.stderr
    assert CANARY not in ended.stdout + ended.stderr
    assert "AWS_SECRET" not in ended.stdout + ended.stderr


def test_a_confined_run_predicts_with_no_other_model(praxi: Praxi, tmp_path: Path) -> None:
    places = {"PRAXI_STORE": f"{tmp_path}/store", "PRAXI_READABLE_ROOTS": f"{tmp_path.as_uri()}/store"}
    ended = praxi("predict", "--run", "r", "--model=file:///proc/self", **places)
    assert (ended.returncode, "may not read" in ended.stderr) == (ExitCode.USAGE, True)
    by_setting = praxi("predict", "--run", "r", PRAXI_MODEL=f"{tmp_path}/model", **places)
    assert "may not read" not in by_setting.stderr
