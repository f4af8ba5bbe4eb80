"""An Airflow of the demonstration's own: SQLite, four processes, everything below one folder."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.errors import DemoError
from demo.process import Server, start_server
from demo.servers import answers
from demo.source_digest import PROJECT, code_of, digest_of

READY_SECONDS: Final = 300.0
_REMEMBERED: Final = "airflow.settings.json"
LOCAL_SETTINGS: Final = PROJECT / "demo" / "config"  # where Airflow finds ``airflow_local_settings``


@dataclass(frozen=True)
class AirflowConfig:
    """Where the demonstration's Airflow lives and what it talks to."""

    home: Path
    port: int
    worker_log_port: int
    trigger_log_port: int
    prometheus: str
    registry: str
    store: str
    model: str

    @property
    def url(self) -> str:
        """The base URL of its pages and of its API."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """Return what the demonstration sets, as environment variables."""
        prometheus = {"conn_type": "http", "host": self.prometheus}
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",  # each slot is a process, forked at the start
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "180",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db?timeout=60",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self.worker_log_port),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(self.trigger_log_port),
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
            "AIRFLOW__PRAXI__STORE": self.store,
            "AIRFLOW__PRAXI__MODEL": self.model,
            "AIRFLOW__PRAXI__TASK_PYTHON": str(PROJECT / ".venv-tasks" / "bin" / "python"),
            "AIRFLOW__PRAXI__PAGES_URL": self.url,
            "AIRFLOW__PRAXI__AUDIT_REGISTRIES": self.registry,
            "AIRFLOW__PRAXI__RETRIES": "1",
            "AIRFLOW__PRAXI__RETRY_DELAY": "5",
            "AIRFLOW_CONN_PRAXI_PROMETHEUS": json.dumps(prometheus),
            "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "plugins", LOCAL_SETTINGS))),
        }

    def environment(self) -> dict[str, str | None]:
        """Return the changes to this program's environment; another Airflow's settings don't get through."""
        foreign = {name: None for name in os.environ if name.startswith(("AIRFLOW", "_AIRFLOW"))}
        path = os.pathsep.join((str(PROJECT / ".venv" / "bin"), os.environ.get("PATH", os.defpath)))
        local = ",".join(filter(None, (os.environ.get("no_proxy", ""), "127.0.0.1", "localhost")))
        return {**foreign, "PATH": path, "no_proxy": local, **self.settings()}

    def make_password(self) -> None:
        """Make up the password of the user ``admin``, once, in a file for nobody else to read.

        Airflow would make one up too, in a file that everybody may read, and print it into its log.
        """
        file = self.home / "passwords.json"
        if not file.exists():
            descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(json.dumps({"admin": secrets.token_urlsafe(12)}))
        file.chmod(0o600)

    def password(self) -> str:
        """Return the password of the user ``admin``."""
        passwords: dict[str, str] = json.loads((self.home / "passwords.json").read_text())
        return passwords["admin"]


def start_airflow(config: AirflowConfig, folder: Path) -> Server:
    """Start ``airflow standalone``, unless it runs with the same settings and code; may not be ready yet."""
    remembered = folder / _REMEMBERED
    # Its processes keep what they imported.
    code = digest_of(code_of("dags", "plugins", "praxi_tasks", "demo/config"))
    settings = json.dumps({**config.settings(), "code": code}, indent=2, sort_keys=True)
    server = Server("airflow", folder)
    if server.members() and remembered.exists() and remembered.read_text() == settings:
        return server
    server.stop()
    config.home.mkdir(parents=True, exist_ok=True)
    config.make_password()
    remembered.write_text(settings)
    airflow = PROJECT / ".venv" / "bin" / "airflow"
    return start_server("airflow", [airflow, "standalone"], folder, env=config.environment())


def wait_for_airflow(server: Server, config: AirflowConfig) -> None:
    """Wait until the API answers.

    Raises
    ------
    ServerError
        If that takes five minutes, or Airflow ends.
    """
    page = f"{config.url}/api/v2/monitor/health"
    server.wait_until(lambda: answers(page), seconds=READY_SECONDS)


def run_airflow(folder: Path, arguments: Sequence[str]) -> int:
    """Run Airflow's command line with the settings it was last started with; return its exit code.

    Raises
    ------
    DemoError
        If it was never started.
    """
    remembered = folder / _REMEMBERED
    if not remembered.exists():
        raise DemoError("there is no demonstration yet", where=str(folder), action="run `make demo`")
    settings: dict[str, str] = json.loads(remembered.read_text())
    command = [str(PROJECT / ".venv" / "bin" / "airflow"), *arguments]
    return subprocess.run(command, env=os.environ | settings, check=False).returncode
