from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from praxi_airflow.errors import SettingsError
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.process import ProcessRunner
from tests.support.airflow_home import ROOT

PYTHON = ROOT / ".venv-tasks" / "bin" / "python"


def interpreter(folder: Path, script: str) -> Path:
    """Write an executable that stands where the tasks' interpreter does."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def run(python: Path, *arguments: str, **environment: str) -> int:
    return ProcessRunner(python).run(Command(arguments=arguments, environment=environment), {})


@pytest.mark.needs(str(PYTHON))
def test_a_command_runs_in_the_tasks_environment() -> None:
    with capture_logs() as told:
        assert run(PYTHON, "--version") == 0
    assert "praxi, version" in str(told)


@pytest.mark.needs(str(PYTHON))
def test_a_usage_error_has_its_exit_code() -> None:
    assert run(PYTHON, "no-such-command") == 2


@pytest.mark.parametrize("code", [0, 1, 2, 75, 139])
def test_the_exit_code_is_returned(tmp_path: Path, code: int) -> None:
    assert run(interpreter(tmp_path, f"exit {code}")) == code


def test_death_by_a_signal_is_negative(tmp_path: Path) -> None:
    assert run(interpreter(tmp_path, "kill -9 $$")) == -9


def test_lines_are_logged_as_they_come_at_their_level(tmp_path: Path) -> None:
    lines = "2026-03-01 10:00:00,123 WARNING praxi.oci: slow\nplain\n\\377bad"
    with capture_logs() as told:
        assert run(interpreter(tmp_path, f"printf '{lines}' >&2")) == 0
    assert [(one["log_level"], one["event"]) for one in told] == [
        ("warning", "slow"),
        ("info", "plain"),
        ("info", r"\xffbad"),
    ]


def test_a_process_sees_its_variables_and_nothing_of_airflows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://user:secret@host/db")
    monkeypatch.setenv("AIRFLOW_CONN_SOMETHING", "http://:token@host")
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://airflows-own:4317")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "airflow")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=needed")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "needed")
    assert run(interpreter(tmp_path, f"env > {tmp_path}/seen"), PRAXI_STORE="file:///store") == 0
    seen = dict(line.partition("=")[::2] for line in (tmp_path / "seen").read_text().splitlines())
    assert not [name for name in seen if "AIRFLOW" in name]
    assert [name for name in seen if name.startswith("OTEL_")] == ["OTEL_EXPORTER_OTLP_HEADERS"]
    assert seen["PRAXI_STORE"] == "file:///store"
    assert seen["AWS_SECRET_ACCESS_KEY"] == "needed"
    assert seen["PYTHONPATH"] == str(ROOT)


def test_killing_ends_the_whole_group_even_if_it_will_not(tmp_path: Path) -> None:
    script = f"trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > {tmp_path}/child; sleep 300' & wait"
    runner = ProcessRunner(interpreter(tmp_path, script))
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(runner.run(Command(arguments=()), {})))
    thread.start()
    child = _read_pid(tmp_path / "child")
    runner.kill()
    thread.join(120)
    assert codes == [-9]
    _wait_until_gone(child)
    runner.kill()


def test_a_missing_interpreter_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AIRFLOW__PRAXI__TASK_PYTHON") as caught:
        run(tmp_path / "no" / "python")
    assert str(tmp_path) in caught.value.where


def _read_pid(path: Path) -> int:
    for _ in range(2400):
        if path.exists() and path.read_text().strip():
            return int(path.read_text())
        time.sleep(0.05)
    raise AssertionError("the child did not start")


def _wait_until_gone(pid: int) -> None:
    for _ in range(2400):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    raise AssertionError(f"process {pid} outlived its group")
