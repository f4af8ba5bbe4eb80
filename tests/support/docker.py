"""A Docker engine of a test's own, that leaves nothing behind.

``dockerd`` is the first process of a PID namespace, in a mount namespace of its own: when it ends, every
container, shim and mount below it ends too, with the data, which lies in memory (about 3 GB). It writes no
firewall rule; published ports go through its proxy. Where another engine of the machine has the kernel drop
what is forwarded, also between the containers of one network, its own networks are let through meanwhile.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from demo.errors import ServerError
from tests.support.process import running, start_server
from tests.support.tools import need

PROGRAMS: Final = ("dockerd", "docker", "docker-compose", "unshare", "ip")
# Shims put their sockets into /run/containerd whatever the daemon is told: give them one of their own. The
# daemon's go there too, for a socket's path must be short.
_BOOT: Final = """
mkdir -p /run/containerd "$1" && mount -t tmpfs none /run/containerd && mount -t tmpfs none "$1" || exit
shift
exec "$@"
"""
_numbers: Final = itertools.count()  # a session's engine may run beside a test's own
_PATH: Final = f"/usr/bin:/usr/sbin:/sbin:{os.environ['PATH']}"  # Debian's client fits Debian's engine
_START_SECONDS: Final = 180.0


@dataclass(frozen=True)
class Engine:
    """A running engine.

    Attributes
    ----------
    environment
        What ``docker`` and ``docker-compose`` must be called with.
    bridge
        The name that a network of the test must give to its bridge, to be removed in the end; a second
        network adds ``p``.
    """

    environment: Mapping[str, str]
    bridge: str

    def run(self, *command: str | Path, seconds: float = 300, stdin: Path | None = None) -> str:
        """Run a command against the engine and return its standard output."""
        with (stdin or Path(os.devnull)).open("rb") as given:
            done = subprocess.run(
                command, env=dict(self.environment), stdin=given, capture_output=True, text=True,
                check=False, timeout=seconds,
            )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@contextmanager
def docker_engine(folder: Path) -> Iterator[Engine]:
    """Run an engine that keeps its data below ``folder``, or skip with the words in which it refused."""
    need(*PROGRAMS)
    if os.geteuid():
        pytest.skip("dockerd needs root")
    mark = f"praxi{os.getpid()}e{next(_numbers)}"  # names a bridge: at most 15 characters
    socket = f"unix://{folder}/docker.sock"
    server = start_server("dockerd", _command(folder, mark), folder, env={"PATH": _PATH})
    environment = {**os.environ, "PATH": _PATH, "DOCKER_HOST": socket, "COMPOSE_DOCKER_CLI_BUILD": "0"}
    engine = Engine(environment, mark)
    with running(server):
        try:
            server.wait_until(lambda: _answers(engine), seconds=_START_SECONDS)
        except ServerError as error:
            pytest.skip(f"dockerd does not start here: {error}")
        try:
            _let_through(mark)
            yield engine
        finally:
            server.stop()
            _clean(mark)


def _command(folder: Path, mark: str) -> list[str | Path]:
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return [
        *namespaces, "sh", "-c", _BOOT, "boot", folder / "data", "dockerd",
        f"--data-root={folder / 'data'}", "--exec-root=/run/containerd/exec",
        f"--pidfile={folder / 'docker.pid'}", f"--host=unix://{folder}/docker.sock",
        "--exec-opt=native.cgroupdriver=cgroupfs", f"--cgroup-parent=/{mark}",
        "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--log-level=warn",
    ]  # fmt: skip


def _answers(engine: Engine) -> bool:
    asked = subprocess.run(
        ["docker", "version"], env=dict(engine.environment), capture_output=True, check=False, timeout=120
    )
    return asked.returncode == 0


def _bridges(mark: str) -> tuple[str, str]:
    return mark, f"{mark}p"


def _let_through(mark: str) -> None:
    """Have the kernel forward within the engine's networks, where it would drop that."""
    if "-P FORWARD DROP" in _iptables("-S", "FORWARD"):
        for bridge in _bridges(mark):
            _iptables("-I", "FORWARD", *_within(bridge))


def _within(bridge: str) -> tuple[str, ...]:
    return "-i", bridge, "-o", bridge, "-j", "ACCEPT"


def _iptables(*words: str) -> str:
    """Run ``iptables`` where there is one, and return what it printed."""
    if shutil.which("iptables", path=_PATH) is None:
        return ""
    command = ["iptables", "--wait", *words]
    done = subprocess.run(
        command, env={**os.environ, "PATH": _PATH}, capture_output=True, text=True, check=False
    )
    return done.stdout


def _clean(mark: str) -> None:
    """Remove what outlives the engine's namespaces: its bridges, their rules, and its control groups."""
    rules = _iptables("-S", "FORWARD").split()
    for bridge in _bridges(mark):
        if bridge in rules:
            _iptables("-D", "FORWARD", *_within(bridge))
        if Path("/sys/class/net", bridge).exists():
            subprocess.run(["ip", "link", "delete", bridge], check=True)
    for group in [*Path("/sys/fs/cgroup").glob(f"*/{mark}"), *Path("/sys/fs/cgroup").glob(mark)]:
        for inner in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            inner.rmdir()
        group.rmdir()
