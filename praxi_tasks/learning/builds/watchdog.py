"""Keeps foreign code within bounds: runs a command, and ends whatever it started when its time is up.

    python -I watchdog.py SECONDS BYTES-OF-MEMORY BYTES-OF-A-FILE COMMAND…

A process of its own, from the standard library alone, so that every process below it is the command's. It
bounds time, each process's memory and each file; what else the command may do is for the pod to say. Exits
with the command's code, or with 124 where its time was up.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TIMED_OUT = 124
"""The exit code where time was up, as of timeout(1)."""

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphans become children of this process
_PATIENCE = 10.0
_PAUSE = 0.01


def main(seconds: float, memory: int, file: int, command: list[str]) -> int:
    """Run the command within bounds; nothing that it started outlives this."""
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CORE, 0),
    ):
        _limit(kind, most)
    try:
        return subprocess.Popen(command).wait(seconds)
    except subprocess.TimeoutExpired:
        return TIMED_OUT
    finally:
        _end_all()


def _limit(kind: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _, hard = resource.getrlimit(kind)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (allowed, allowed))


def _end_all() -> None:
    """Kill children until there are none: whoever loses its parent becomes one."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(_PAUSE)


def _children() -> Iterator[int]:
    me = str(os.getpid())
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything; state and parent follow it.
            if status.read_text(errors="replace").rpartition(")")[2].split()[1] == me:
                yield int(status.parent.name)


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
