"""A command that is asked to end does so, also as process 1 of a container, and may be tried again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.errors import ExitCode
from praxi_tasks.store import documents, keys, open_store
from tests.conftest import ROOT

# Busy in one call of C, which no handler of Python's interrupts.
BUSY = (
    "import hashlib, os; from praxi_tasks.cli.termination import end_on_request; end_on_request()\n"
    "os.write(1, b'ready\\n'); hashlib.pbkdf2_hmac('sha256', b'', b'', (1 << 31) - 1)"
)


@pytest.fixture
def silent_registry() -> Iterator[socket.socket]:
    """Listen as a registry would that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path, silent_registry: socket.socket) -> str:
    uri = (tmp_path / "store").as_uri()
    port = silent_registry.getsockname()[1]
    documents.write(open_store(uri), keys.run("r", "images.json"), named_images([f"127.0.0.1:{port}/shop:1"]))
    return uri


@contextmanager
def process_one(*command: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a command as process 1 of a namespace of its own; yield who waits for it, and its id here."""
    if os.geteuid():
        pytest.skip("a namespace of processes needs root")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    waiter = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", *command],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        children = Path(f"/proc/{waiter.pid}/task/{waiter.pid}/children")
        while not (found := children.read_text().split()):
            assert waiter.poll() is None
            time.sleep(0.01)
        yield waiter, int(found[0])
    finally:
        waiter.kill()
        waiter.communicate()


def test_a_command_that_reads_images_ends_as_process_one(store: str, silent_registry: socket.socket) -> None:
    plan = (sys.executable, "-m", "praxi_tasks", "plan", "--run", "r", "--store", store)
    with process_one(*plan) as (waiter, process):
        connection, _ = silent_registry.accept()  # it is at it
        os.kill(process, signal.SIGTERM)
        _, log = waiter.communicate(timeout=60)
        connection.close()
    assert waiter.returncode == ExitCode.TEMPFAIL
    assert b"asked to end" in log
    assert not open_store(store).exists(keys.run("r", "plan.json"))


def test_a_command_that_is_in_the_midst_of_a_calculation_ends_as_process_one() -> None:
    with process_one(sys.executable, "-c", BUSY) as (waiter, process):
        assert waiter.stdout is not None
        assert waiter.stdout.readline() == b"ready\n"
        os.kill(process, signal.SIGTERM)
        _, log = waiter.communicate(timeout=60)
    assert waiter.returncode == ExitCode.TEMPFAIL
    assert b"asked to end" in log


def test_nobody_is_left_of_a_command_that_was_asked_to_end(
    store: str, silent_registry: socket.socket
) -> None:
    command = [sys.executable, "-m", "praxi_tasks", "plan", "--run", "r", "--store", store]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True, stderr=subprocess.PIPE
    ) as process:
        connection, _ = silent_registry.accept()
        assert connection.recv(1 << 16)  # it is at it
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == ExitCode.TEMPFAIL
        assert connection.recv(1 << 16) == b""  # who held the other end is gone
        connection.close()
