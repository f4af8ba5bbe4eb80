"""Long-running servers: started in a session of their own, found again by a pid file, ended whole.

A server writes its pid file itself, before it becomes the server, so that a demonstration killed at
any moment leaves nothing behind that ``stop`` can't find. The file also holds the process's start time
and the machine's boot, so that a pid used again by somebody else's process is never mistaken for ours.
What the server starts in turn is known by its session, or by a variable that it inherited.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.errors import ServerError
from demo.procfs import ProcessStat, boot_id, environment_of, living_processes

# $1 is the pid file. After the command's name, which may hold anything, field 20 is the start time.
LAUNCHER: Final = """
pid_file=$1; shift
read -r boot < /proc/sys/kernel/random/boot_id
read -r stat < /proc/$$/stat
started=$(set -- ${stat##*) }; shift 19; echo $1)
echo "$$ $started $boot" > "$pid_file.new" && mv "$pid_file.new" "$pid_file" && exec "$@"
"""
POLL_SECONDS: Final = 0.05
MARK: Final = "PRAXI_SERVER"  # the variable that descendants inherit; its value is the pid file's path


@dataclass(frozen=True)
class Server:
    """A server that was started, perhaps by an earlier program: its pid file and its log."""

    name: str
    folder: Path
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def pid_file(self) -> Path:
        """Where the server's identity is kept."""
        return self.folder / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        """Where the server's output goes."""
        return self.folder / f"{self.name}.log"

    def members(self) -> list[int]:
        """Return the pids of the server and of all its descendants; none if everything has ended."""
        try:
            pid, started, boot = self.pid_file.read_text().split()
        except FileNotFoundError:
            return []
        if boot != boot_id():
            return []
        leader = ProcessStat.read(int(pid))
        if leader is not None and leader.started != int(started):
            return []  # the pid belongs to somebody else's process now
        mark = f"{MARK}={self.pid_file.resolve()}"
        return [
            stat.pid
            for stat in living_processes()
            if int(pid) in {stat.pid, stat.session} or mark in environment_of(stat.pid)
        ]

    def last_lines(self, count: int = 15) -> str:
        """Return the end of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until ``ready`` says so.

        Raises
        ------
        ServerError
            If the server ends before that, or is not ready in time.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self._child is not None and self._child.poll() is not None:
                raise ServerError(
                    f"{self.name} ended with exit code {self._child.returncode}:\n{self.last_lines()}",
                    where=str(self.log),
                )
            if time.monotonic() > deadline:
                raise ServerError(
                    f"{self.name} was not ready in {seconds:.0f} s:\n{self.last_lines()}",
                    where=str(self.log),
                )
            time.sleep(POLL_SECONDS)

    def stop(self, *, grace: float = 15.0) -> bool:
        """End the server and everything in its session; return whether anything ran.

        Asked politely first, and killed after ``grace`` seconds. Stopping what has ended already is fine.
        """
        found = bool(self.members())
        for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 30.0)):
            if self._signal_until_gone(number, patience):
                break
        if self._child is not None:
            self._child.wait(timeout=30)
        self.pid_file.unlink(missing_ok=True)
        return found

    def _signal_until_gone(self, number: signal.Signals, patience: float) -> bool:
        deadline = time.monotonic() + patience
        signalled: set[int] = set()
        while members := self.members():
            for pid in set(members) - signalled:  # one may be born while others end
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            signalled.update(members)
            if time.monotonic() > deadline:
                return False
            if self._child is not None:
                self._child.poll()
            time.sleep(POLL_SECONDS)
        return True


def start_server(
    name: str,
    command: Sequence[str | Path],
    folder: Path,
    *,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
) -> Server:
    """Start a server detached from this terminal, its output in ``folder/NAME.log``.

    Parameters
    ----------
    env
        Added to this program's own environment; None takes a variable away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(name, folder)
    server.pid_file.unlink(missing_ok=True)
    with server.log.open("wb") as log:
        child = subprocess.Popen(
            ["/bin/sh", "-c", LAUNCHER, "launcher", str(server.pid_file.resolve()), *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment({**(env or {}), MARK: str(server.pid_file.resolve())}),
            cwd=cwd,
            start_new_session=True,
        )
    server = Server(name, folder, child)
    server.wait_until(server.pid_file.exists, seconds=60)
    return server


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    changed = {**os.environ, **changes}
    return {name: value for name, value in changed.items() if value is not None}
