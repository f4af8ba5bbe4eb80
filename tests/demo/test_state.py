"""One demonstration works in a folder at a time, can be stopped from elsewhere, and keeps its ports."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.errors import DemoError
from demo.process import start_server
from demo.state import DemoFolder
from tests.support.process import running

# Holds the folder, and waits for a command that ignores its end, as a build may.
WORKER = """
import pathlib, sys
from demo.commands import run
from demo.state import DemoFolder
with DemoFolder(pathlib.Path(sys.argv[1])).at_work():
    print("at work", flush=True)
    run(["sh", "-c", "trap '' INT; sleep 600"])
"""


def start_worker(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(folder)]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "at work\n"
    return worker


def wait_for_commands(folder: DemoFolder, count: int) -> None:
    deadline = time.monotonic() + 120
    while len(folder.server("demo").members()) < count and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_second_demonstration_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with start_worker(tmp_path) as worker:
        with pytest.raises(DemoError, match="already"), DemoFolder(tmp_path).at_work():
            pass
        DemoFolder(tmp_path).stop()
        worker.wait(timeout=120)


@pytest.mark.parametrize("killed", [False, True])
def test_stop_ends_a_demonstration_at_work_and_what_it_runs(tmp_path: Path, killed: bool) -> None:
    folder = DemoFolder(tmp_path)
    with start_worker(tmp_path) as worker:
        wait_for_commands(folder, 3)  # itself, a shell, sleep
        if killed:
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=120)
        assert folder.stop() == ["demo"]
        worker.wait(timeout=120)
    assert folder.server("demo").members() == []
    assert folder.stop() == []


def test_stop_ends_servers_started_by_an_earlier_run(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    with running(start_server("registry", ["sleep", "600"], folder.servers)):
        assert folder.stop() == ["registry"]


def test_ports_are_kept_unless_somebody_took_them(tmp_path: Path) -> None:
    first = DemoFolder(tmp_path).port("registry")
    assert DemoFolder(tmp_path).port("registry") == first
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", first))
        stranger.listen()
        assert DemoFolder(tmp_path).port("registry") != first


def test_the_port_of_a_running_server_is_its_own(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    port = folder.port("registry")
    listen = f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(600)"
    with running(start_server("registry", [sys.executable, "-c", listen], folder.servers)):
        assert folder.port("registry") == port
