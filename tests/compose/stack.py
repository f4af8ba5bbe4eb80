"""The stack of ``docker-compose.yaml``, started for real with ``override.yaml`` laid over it."""

from __future__ import annotations

import json
import re
import secrets
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.compose import substitutes
from tests.conftest import ROOT
from tests.support.airflow import Airflow
from tests.support.docker import Engine
from tests.support.process import free_port

PROJECT: Final = "praxi"
SERVERS: Final = (
    "postgres", "object-store", "s3", "registry", "prometheus", "alertmanager", "mlflow", "entrance",
)  # fmt: skip
AIRFLOW_SERVICES: Final = ("apiserver", "scheduler", "dag-processor", "triggerer")
_NAMED: Final = re.compile(r"^([A-Z_0-9]+)=$", re.MULTILINE)
_PROBE: Final = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor

def reaches(address):
    try:
        socket.create_connection(tuple(address), 5).close()
    except (socket.gaierror, ConnectionRefusedError, TimeoutError):
        return False
    return True

addresses = json.loads(sys.argv[1])
with ThreadPoolExecutor(len(addresses)) as threads:
    found = zip(addresses, threads.map(reaches, addresses))
    print(json.dumps([address for address, reached in found if reached]))
"""
_PASSWORDS: Final = "/opt/airflow/simple_auth_manager_passwords.json.generated"


@dataclass(frozen=True)
class Stack:
    """A stack that may run; ``settings`` is what its environment file says."""

    engine: Engine
    folder: Path
    settings: Mapping[str, str]

    def compose(self, *arguments: str) -> str:
        """Run ``docker-compose`` for this stack."""
        files = (ROOT / "docker-compose.yaml", Path(__file__).parent / "override.yaml")
        named = [word for file in files for word in ("--file", str(file))]
        options = [f"--project-name={PROJECT}", f"--env-file={self.folder / 'env'}", *named]
        return self.engine.run("docker-compose", *options, *arguments)

    def start(self, *services: str) -> None:
        """Start services, and what they wait for."""
        self.compose("up", "--detach", *services)

    def states(self) -> dict[str, str]:
        """Return each service's health, or its exit code where it has ended."""
        ids = self.compose("ps", "--all", "--quiet").split()
        described = json.loads(self.engine.run("docker", "inspect", *ids))
        return {
            found["Config"]["Labels"]["com.docker.compose.service"]: _state(found["State"])
            for found in described
        }

    def wait_until_healthy(self, *services: str, seconds: float) -> None:
        """Wait until the health check of each of these services has succeeded."""
        deadline, wanted = time.monotonic() + seconds, dict.fromkeys(services, "healthy")
        while not wanted.items() <= (states := self.states()).items():
            assert time.monotonic() < deadline, f"{states}\n{self.logs(*services)[-6000:]}"
            time.sleep(1)

    def logs(self, *services: str) -> str:
        """Return what the services wrote."""
        return self.compose("logs", "--no-color", *services)

    def execute(self, service: str, *command: str) -> str:
        """Run a command inside a service's container."""
        return self.compose("exec", "-T", service, *command)

    def query(self, statement: str) -> list[list[str]]:
        """Ask PostgreSQL, and return the rows."""
        psql = ("psql", "--username=airflow", "--no-align", "--tuples-only", "--command", statement)
        return [line.split("|") for line in self.execute("postgres", *psql).splitlines()]

    def members(self, network: str) -> set[str]:
        """Return the services in a network."""
        (found,) = json.loads(self.engine.run("docker", "network", "inspect", f"{PROJECT}_{network}"))
        ids = found["Containers"]
        described = json.loads(self.engine.run("docker", "inspect", *ids)) if ids else []
        return {one["Config"]["Labels"]["com.docker.compose.service"] for one in described}

    def reached_as_pod(self, services: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Return to which services, by name and port, something in the pods' network alone can connect."""
        network = f"--network={PROJECT}_pods"
        given = json.dumps(list(services))
        said = self.engine.run(
            "docker", "run", "--rm", network, "--entrypoint=python", substitutes.SERVERS, "-c", _PROBE, given
        )
        return {(service, port) for service, port in json.loads(said)}

    def gateway(self) -> str:
        """Return the address by which containers reach this machine."""
        found = json.loads(self.engine.run("docker", "network", "inspect", f"{PROJECT}_default"))
        return str(found[0]["IPAM"]["Config"][0]["Gateway"])

    def store_environment(self) -> dict[str, str]:
        """Return what a program on this machine needs to use the stack's object store."""
        return {
            "AWS_ENDPOINT_URL": f"http://{self.compose('port', 's3', '8333').strip()}",
            "AWS_ACCESS_KEY_ID": self.settings["S3_ACCESS_KEY"],
            "AWS_SECRET_ACCESS_KEY": self.settings["S3_SECRET_KEY"],
            "AWS_REGION": "us-east-1",
        }

    def entrance(self) -> tuple[str, ssl.SSLContext]:
        """Return the address of the TLS entrance, and what trusts the authority that it made of its own."""
        authority = self.execute("entrance", "cat", "/data/caddy/pki/authorities/local/root.crt")
        trusting = ssl.create_default_context(cadata=authority)
        return f"https://localhost:{self.settings['ENTRANCE_PORT']}", trusting

    def airflow(self) -> Airflow:
        """Return a client of Airflow's REST API, logged in with the password that the API server made."""
        password = json.loads(self.execute("airflow-apiserver", "cat", _PASSWORDS))["admin"]
        url = f"http://127.0.0.1:{self.settings['AIRFLOW_PORT']}"
        return Airflow(url, {}, login={"username": "admin", "password": password})


@contextmanager
def stack(engine: Engine, folder: Path, settings: Mapping[str, str]) -> Iterator[Stack]:
    """Prepare a stack with secrets of its own on free ports, and take away whatever of it was started."""
    from cryptography.fernet import Fernet

    made = {name: secrets.token_hex(24) for name in _NAMED.findall((ROOT / ".env.example").read_text())}
    names = ("AIRFLOW_PORT", "REGISTRY_PORT", "ENTRANCE_PORT", "MLFLOW_PORT")
    ports = {name: str(free_port()) for name in names}
    fernet = {"AIRFLOW_FERNET_KEY": Fernet.generate_key().decode()}
    given = {
        **made,
        **fernet,
        **ports,
        "AIRFLOW_IMAGE": substitutes.AIRFLOW,
        "BRIDGE": engine.bridge,
        **settings,
    }
    (folder / "env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    one = Stack(engine, folder, given)
    try:
        yield one
    finally:
        one.compose("down", "--volumes", "--timeout=2")


def answers_anonymously(url: str) -> int:
    """Return the status with which a URL answers somebody unknown."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _state(state: Mapping[str, object]) -> str:
    if state["Status"] == "running":
        health = state.get("Health")
        return str(health["Status"]) if isinstance(health, dict) else "running"
    return f"{state['Status']} {state['ExitCode']}"
