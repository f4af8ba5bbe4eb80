"""A real MLflow server: tracking, registry and artifacts, from an environment of its own."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.process import Server, free_port, running, start_server

ENVIRONMENT = ROOT / ".venv-mlflow"
_START_SECONDS = 180.0  # it imports for ten seconds on an idle machine


@dataclass
class MlflowServer:
    """A server that keeps what it knows in a folder: started again, it is the same one."""

    folder: Path
    port: int
    server: Server

    @classmethod
    def start(cls, folder: Path) -> MlflowServer:
        port = free_port()
        return cls(folder, port, _start(folder, port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it as a machine that loses power does."""
        for pid in self.server.members():
            os.kill(pid, signal.SIGKILL)
        self.server.stop()

    def restart(self) -> None:
        self.server = _start(self.folder, self.port)


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowServer]:
    """Return a running server, shared by the session."""
    build()
    started = MlflowServer.start(tmp_path_factory.mktemp("mlflow"))
    try:
        with running(started.server):
            yield started
    finally:
        started.server.stop()  # the one of after a restart


def build() -> None:
    """Build the server's environment from its lock, unless it is current; one process at a time."""
    folder = ROOT / ".praxi"
    folder.mkdir(exist_ok=True)
    with (folder / "mlflow.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run([ROOT / "scripts" / "setup.sh", "mlflow"], check=True)


def _start(folder: Path, port: int) -> Server:
    command: list[str | Path] = [
        ENVIRONMENT / "bin" / "python", "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={port}",
        f"--backend-store-uri=sqlite:///{folder}/mlflow.db", f"--artifacts-destination={folder}/artifacts",
        "--workers=1",
    ]  # fmt: skip
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    server = start_server("mlflow", command, folder, env=quiet, cwd=folder)
    server.wait_until(lambda: _answers(f"http://127.0.0.1:{port}/health"), seconds=_START_SECONDS)
    return server


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=5).close()
    except OSError:
        return False
    return True
