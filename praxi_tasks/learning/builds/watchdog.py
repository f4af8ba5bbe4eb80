"""Runs a command with limits, and kills every process that it started when it ends or times out.

    python -I watchdog.py SECONDS BYTES-OF-MEMORY BYTES-OF-A-FILE PROCESSES COMMAND…

A process of its own that needs the standard library alone: all its descendants belong to the command. It
limits time, the memory of each process, the size of each file and the number of processes; network and file
access are for the pod to limit. Exits with the command's code, with 124 after a timeout, or with 125 after
too many processes.
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

TOO_MANY = 125
"""The exit code after too many processes."""

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphaned descendants become children of this process
_PATIENCE = 10.0
_PAUSE = 0.01
_ROOM = 4  # the user may have other pods on the machine
_LOOK = 0.2  # seconds between two counts of processes


def main(seconds: float, memory: int, file: int, processes: int, command: list[str]) -> int:
    """Run the command within limits and return its exit code; kill every process that it started."""
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CORE, 0),
        # Counts all of the user's on the machine and not root's, so it stops a fork bomb, and is not exact.
        (resource.RLIMIT_NPROC, _ROOM * processes),
    ):
        _limit(kind, most)
    try:
        return _watch(subprocess.Popen(command), time.monotonic() + seconds, processes)
    finally:
        _end_all()


def _watch(process: subprocess.Popen[bytes], deadline: float, most: int) -> int:
    """Wait until the command ends, its time is up, or it has more than ``most`` descendants."""
    while True:
        left = deadline - time.monotonic()
        try:
            return process.wait(max(0, min(_LOOK, left)))
        except subprocess.TimeoutExpired:
            if left <= 0:
                return TIMED_OUT
            if _descendants() > most:
                return TOO_MANY


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
    me = os.getpid()
    return (process for process, parent in _parents() if parent == me)


def _descendants() -> int:
    """Return how many processes descend from this one."""
    children: dict[int, list[int]] = {}
    for process, parent in _parents():
        children.setdefault(parent, []).append(process)
    found = [os.getpid()]
    for each in found:
        found += children.get(each, ())
    return len(found) - 1


def _parents() -> Iterator[tuple[int, int]]:
    """Yield each process with its parent."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything; state and parent follow it.
            told = status.read_text(errors="replace").rpartition(")")[2].split()
            yield int(status.parent.name), int(told[1])


if __name__ == "__main__":
    given = sys.argv[1:]
    raise SystemExit(main(float(given[0]), int(given[1]), int(given[2]), int(given[3]), given[4:]))
