"""A command of podman that is given up leaves nothing behind that a closed loop would have to end."""

from __future__ import annotations

import asyncio
import gc
import os
import warnings
from pathlib import Path

import pytest

from tests.support.cluster.podman import Podman
from tests.support.loop import LoopThread


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a podman first on the path that writes its process id to a file, and never ends."""
    written = tmp_path / "pid"
    program = tmp_path / "podman"
    program.write_text(f"#!/bin/sh\necho $$ >{written}.new; mv {written}.new {written}; exec sleep 1000\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return written


async def begin(podman: Podman, written: Path) -> asyncio.Task[str]:
    task = asyncio.create_task(podman.run("wait"))
    while not written.exists():
        await asyncio.sleep(0.01)
    return task


def test_a_command_ends_with_the_loop_that_waits_for_it(tmp_path: Path, sleeper: Path) -> None:
    thread = LoopThread("test")
    task = thread.do(begin(Podman(tmp_path), sleeper))
    thread.close()
    assert task.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(int(sleeper.read_text()), 0)
    with warnings.catch_warnings(action="error"):
        gc.collect()
