"""The demonstration's folder: what it holds, which ports it uses, and who works in it now."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.errors import DemoError
from demo.mounts import unmount_below
from demo.ports import free_port
from demo.process import MARK, Server
from demo.procfs import ProcessStat, boot_id

SERVERS = ("airflow", "prometheus", "registry")


@dataclass(frozen=True)
class DemoFolder:
    """Everything the demonstration keeps is below ``root``, which may be deleted when it is stopped."""

    root: Path

    @property
    def servers(self) -> Path:
        """Pid files, logs and data of the servers."""
        return self.root / "servers"

    @property
    def store(self) -> Path:
        """The object store."""
        return self.root / "store"

    def server(self, name: str) -> Server:
        """Return a server that may have been started by an earlier run."""
        return Server(name, self.servers)

    def port(self, name: str, *, of: str = "") -> int:
        """Return a port of a server: the one it had last time if nobody else took it, else a free one.

        Parameters
        ----------
        of
            The server that listens there, where it has several ports.
        """
        file = self.servers / "ports.json"
        ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        if name not in ports or not (self.server(of or name).members() or _is_free(ports[name])):
            ports[name] = free_port()
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(ports))
        return ports[name]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Hold the folder for this process alone, in a way that ``make demo-stop`` can end.

        Raises
        ------
        DemoError
            If another demonstration works here.
        """
        self.servers.mkdir(parents=True, exist_ok=True)
        me = self.server("demo")
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoError(
                    "a demonstration is being set up already",
                    where=str(self.root),
                    action="wait for it, or `make demo-stop`",
                ) from None
            stat = ProcessStat.read(os.getpid())
            started = stat.started if stat else 0
            me.pid_file.write_text(f"{os.getpid()} {started} {boot_id()}\n")
            os.environ[MARK] = str(me.pid_file.resolve())  # what it runs is found by this
            try:
                yield
            finally:
                me.pid_file.unlink(missing_ok=True)

    def stop(self) -> list[str]:
        """End the demonstration that is at work, then its servers; return the names of those that ran."""
        ended = [name for name in ("demo", *SERVERS) if self.server(name).stop()]
        unmount_below(self.root)  # what a build that was killed had mounted
        return ended


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
