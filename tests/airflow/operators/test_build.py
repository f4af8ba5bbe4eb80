"""A build's task: nothing of ours reaches the command, and what it prints reaches the store unread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from praxi_airflow.errors import RetryableTaskError
from praxi_airflow.operators.build import ReleaseBuildOperator
from praxi_tasks.learning.builds.stdout_protocol import to_lines
from praxi_tasks.store import keys, open_store
from tests.airflow.conftest import Configure
from tests.airflow.runners.test_process import interpreter

Script = Callable[[str], None]


def build() -> None:
    instance = SimpleNamespace(try_number=1, max_tries=2)
    context: Any = {"run_id": "manual", "ti": instance}
    ReleaseBuildOperator(task_id="build_release", release="shop==1.0").execute(context)


@pytest.fixture
def script(tmp_path: Path, configure: Configure, store_folder: Path) -> Script:
    """Return a function that makes a shell script stand where the tasks' interpreter does."""

    def write(text: str) -> None:
        configure(task_python=interpreter(tmp_path, text), learn_build_index="https://index.example/simple")

    return write


def test_what_it_prints_is_stored_as_it_is(script: Script, store_folder: Path) -> None:
    told = bytes(range(256)) * 100
    printed = "\n".join(["warming up", *to_lines(told), "2026-03-01 10:00:00,123 INFO done"])
    (store_folder.parent / "printed").write_text(printed)
    script(f"cat {store_folder.parent}/printed")
    build()
    key = keys.training_build("manual", "pypi", "shop", "1.0")
    assert open_store(store_folder.as_uri()).get(key) == told


def test_no_result_is_asked_for_again(script: Script, store_folder: Path) -> None:
    script("echo praxi-result 1/2 YQ==")
    with pytest.raises(RetryableTaskError, match="without a result"):
        build()
    assert not (store_folder / "training").exists()


@pytest.mark.parametrize(("end", "final"), [("exit 1", True), ("exit 137", False), ("kill -9 $$", False)])
def test_a_command_that_dies_is_no_result(script: Script, end: str, final: bool) -> None:
    script(end)
    with pytest.raises(AirflowException) as caught:
        build()
    assert isinstance(caught.value, AirflowFailException) is final


def test_it_is_told_the_index_and_nothing_else(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "PRAXI_STORE", "PRAXI_REGISTRY_AUTH_FILE", "https_proxy"):
        monkeypatch.setenv(name, "ours")
    script(f"env > {tmp_path}/seen; printf '%s ' \"$@\" > {tmp_path}/arguments; exit 1")
    with pytest.raises(AirflowFailException):
        build()
    seen = dict(line.partition("=")[::2] for line in (tmp_path / "seen").read_text().splitlines())
    assert "ours" not in seen.values()
    told = {name: value for name, value in seen.items() if name.startswith("PRAXI_")}
    assert told == {
        "PRAXI_LEARN_BUILD_INDEX": "https://index.example/simple",
        "PRAXI_LEARN_BUILD_SECONDS": "600",
    }
    assert (tmp_path / "arguments").read_text() == "-m praxi_tasks build shop==1.0 "
