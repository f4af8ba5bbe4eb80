"""Runs a command with limits, and kills every process that it started when it ends or times out.

    python -I watchdog.py SECONDS BYTES-OF-MEMORY BYTES-OF-A-FILE COMMAND…

A process of its own that needs the standard library alone: all its descendants belong to the command. It
limits time, the memory of each process and the size of each file; network and file access are for the pod
to limit. Exits with the command's code, or with 124 after a timeout.
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
"""The exit code after a timeout, as that of timeout(1)."""

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphaned descendants become children of this process
_PATIENCE = 10.0
_PAUSE = 0.01


def main(seconds: float, memory: int, file: int, command: list[str]) -> int:
    """Run the command within limits and return its exit code; kill every process that it started."""
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
    """Lower a soft and hard limit; keep one that is lower already."""
    _, hard = resource.getrlimit(kind)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (allowed, allowed))


def _end_all() -> None:
    """Kill children until none are left: orphaned descendants are reparented to this process."""
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
