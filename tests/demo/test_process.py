"""Servers are found and ended whole, whoever started them; nobody else's process is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.errors import ServerError
from demo.process import Server, start_server
from demo.procfs import ProcessStat, boot_id
from tests.support.process import running

# A server with a child in its session, and one in a session of its own; both write their pids.
FAMILY = """
import os, subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
children = [subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)]
open(sys.argv[1] + ".new", "w").write(" ".join(str(child.pid) for child in children))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""


def start_family(folder: Path) -> tuple[Server, list[int]]:
    file = folder / "children"
    server = start_server("family", [sys.executable, "-c", FAMILY, file], folder)
    server.wait_until(file.exists, seconds=120)
    return server, [int(pid) for pid in file.read_text().split()]


def is_running(pid: int) -> bool:
    stat = ProcessStat.read(pid)
    return stat is not None and stat.state != "Z"


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_stop_ends_the_server_and_all_its_descendants(tmp_path: Path) -> None:
    server, children = start_family(tmp_path)
    assert set(children) < set(server.members())

    assert server.stop()
    assert not any(is_running(pid) for pid in children)
    assert not server.pid_file.exists()
    assert not server.stop(), "a second stop finds nothing"


def test_descendants_of_a_killed_server_are_still_found(tmp_path: Path) -> None:
    server, children = start_family(tmp_path)
    leader = int(server.pid_file.read_text().split()[0])
    os.kill(leader, signal.SIGKILL)
    assert eventually(lambda: not is_running(leader))

    assert Server("family", tmp_path).stop()
    assert not any(is_running(pid) for pid in children)


def test_a_server_outlives_a_killed_starter_and_can_be_stopped(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, sys; from demo.process import start_server\n"
        "start_server('orphan', ['sleep', '600'], pathlib.Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    starter = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert starter.returncode == -signal.SIGKILL

    orphan = Server("orphan", tmp_path)
    assert len(orphan.members()) == 1
    assert orphan.stop()


@pytest.mark.parametrize("change", ["started", "boot"])
def test_a_reused_pid_is_somebody_elses(tmp_path: Path, change: str) -> None:
    with subprocess.Popen(["sleep", "600"]) as stranger:
        stat = ProcessStat.read(stranger.pid)
        assert stat is not None
        started = stat.started - 1 if change == "started" else stat.started
        boot = boot_id() if change == "started" else "another-boot"
        (tmp_path / "old.pid").write_text(f"{stranger.pid} {started} {boot}\n")

        assert not Server("old", tmp_path).stop()
        assert stranger.poll() is None
        stranger.kill()


def test_one_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    server = start_server("deaf", [sys.executable, "-c", script], tmp_path)
    server.wait_until(lambda: "deaf" in server.last_lines(), seconds=120)

    assert server.stop(grace=0.3)
    assert server.members() == []


LATE_CHILD = """
import pathlib, signal, sys, time
def leave(*_):
    pathlib.Path("asked").touch()
    sys.exit()
signal.signal(signal.SIGTERM, leave)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
time.sleep(600)
"""
PARENT = """
import signal, subprocess, sys, time
def leave_a_child(*_):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # the child, too, until it can answer
    subprocess.Popen([sys.executable, "-c", sys.argv[1]])
    sys.exit()
signal.signal(signal.SIGTERM, leave_a_child)
print("up", flush=True)
time.sleep(600)
"""


def test_one_that_is_born_while_others_end_is_asked_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, LATE_CHILD]
    server = start_server("parent", command, tmp_path, cwd=tmp_path)
    server.wait_until(lambda: "up" in server.last_lines(), seconds=120)

    assert server.stop(grace=60)
    assert server.members() == []
    assert (tmp_path / "asked").exists()


def test_a_server_that_ends_early_says_why(tmp_path: Path) -> None:
    server = start_server("broken", ["sh", "-c", "echo no such disk >&2; exit 3"], tmp_path)
    with pytest.raises(ServerError, match=r"exit code 3:\nno such disk"):
        server.wait_until(lambda: False, seconds=120)


def test_a_server_that_is_never_ready_says_so(tmp_path: Path) -> None:
    server = start_server("slow", ["sleep", "600"], tmp_path)
    with running(server), pytest.raises(ServerError, match="not ready in 0 s"):
        server.wait_until(lambda: False, seconds=0.1)


def test_environment_is_changed_as_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.setenv("DROPPED", "1")
    server = start_server("env", ["env"], tmp_path, env={"DROPPED": None, "ADDED": "2"})
    assert eventually(lambda: not server.members())
    server.stop()
    assert {"KEPT=1", "ADDED=2"} < set(server.last_lines(1000).splitlines())
    assert "DROPPED=1" not in server.last_lines(1000)
