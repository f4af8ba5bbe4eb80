"""A real Airflow: API server, scheduler and Dag processor on a PostgreSQL, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from tests.support.airflow_home import ROOT, environment
from tests.support.postgres import postgres
from tests.support.process import Server, free_port, running, start_server

FINISHED: Final = frozenset({"success", "failed"})
PATIENCE: Final = 300
"""Seconds that an answer may take on a machine that runs other tests besides."""


class Airflow:
    """A running Airflow, asked through its REST API and its command line.

    Parameters
    ----------
    url
        Of the API server.
    variables
        The environment that its processes and command lines share.
    login
        A user's name and password, where not everybody is an administrator.
    """

    def __init__(
        self, url: str, variables: Mapping[str, str], *, login: Mapping[str, str] | None = None
    ) -> None:
        self.url = url
        self.variables = variables
        self.servers: dict[str, Server] = {}
        self._login = login
        self._tokens: dict[str, str] = {}

    def start(self, name: str, folder: Path) -> Server:
        """Start one of its servers, or start it again after its death; its log begins anew."""
        server = start_server(name, [*airflow_command(), name], folder, env=self.variables)
        self.servers[name] = server
        return server

    def cli(self, *arguments: str) -> str:
        """Run ``airflow ARGUMENT…`` and return what it printed."""
        result = subprocess.run(
            [*airflow_command(), *arguments],
            env=os.environ | dict(self.variables), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            raise AssertionError(f"airflow {' '.join(arguments)}:\n{result.stdout}\n{result.stderr}")
        return result.stdout

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the REST API as an administrator and return the decoded answer."""
        return self._send(method, f"/api/v2{path}", body, {"Authorization": f"Bearer {self.token()}"})

    def token(self, person: str = "") -> str:
        """Return a token, which browsers have as the cookie ``_token``: an administrator's, or a person's."""
        if person not in self._tokens:
            login = login_of(person) if person else self._login
            answer = self._send("POST" if login else "GET", "/auth/token", login, {})
            self._tokens[person] = str(answer["access_token"])
        return self._tokens[person]

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return the Dag's runs, oldest logical date first."""
        answer = self.call("GET", f"/dags/{dag_id}/dagRuns?order_by=logical_date&limit=100")
        runs: list[dict[str, Any]] = answer["dag_runs"]
        return runs

    def backfills(self, dag_id: str) -> list[dict[str, Any]]:
        """Return the Dag's backfills."""
        found: list[dict[str, Any]] = self.call("GET", f"/backfills?dag_id={dag_id}")["backfills"]
        return found

    def backfill(self, dag_id: str, first: str, last: str, *options: str) -> None:
        """Run ``airflow backfill create`` once no other run or backfill of the Dag is under way."""
        self.wait_until(lambda: self._is_quiet(dag_id))
        self.cli("backfill", "create", "--dag-id", dag_id, "--from-date", first, "--to-date", last, *options)

    def _is_quiet(self, dag_id: str) -> bool:
        done = all(run["state"] in FINISHED for run in self.runs(dag_id))
        return done and all(each["completed_at"] for each in self.backfills(dag_id))

    def trigger(self, dag_id: str, conf: Mapping[str, Any], logical_date: str | None = None) -> str:
        """Start a manual run and return its id."""
        body = {"logical_date": logical_date, "conf": dict(conf)}
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def end_task(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Mark a running task as failed, as a person does on the web page."""
        path = f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances/{task_id}"
        self.call("PATCH", path, {"new_state": "failed"})

    def log(self, dag_id: str, run_id: str, task_id: str, *, map_index: int = -1) -> list[dict[str, Any]]:
        """Return the records of the log of a task's first try; of a mapped one, of an instance's."""
        path = f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances/{task_id}/logs/1"
        answer = self.call("GET", f"{path}?full_content=true&map_index={map_index}")
        records: list[dict[str, Any]] = answer["content"]
        return records

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Return one run of a Dag."""
        run: dict[str, Any] = self.call("GET", f"/dags/{dag_id}/dagRuns/{_quote(run_id)}")
        return run

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 480) -> None:
        """Wait until ``ready`` says so."""
        deadline = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.5)

    def wait_for(self, dag_id: str, run_id: str) -> dict[str, list[str]]:
        """Wait for a run's end; return the states of each task's instances."""
        try:
            self.wait_until(lambda: self.run(dag_id, run_id)["state"] in FINISHED)
        except AssertionError as error:
            raise AssertionError(f"{error}: {dag_id} {run_id}: {self.states(dag_id, run_id)}") from None
        return self.states(dag_id, run_id)

    def weights(self, dag_id: str, run_id: str) -> dict[str, int]:
        """Return the weights by which a run's tasks get slots of their pool."""
        path = f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances?limit=1000"
        found = self.call("GET", path)["task_instances"]
        return {f"{each['task_id']}[{each['map_index']}]": each["priority_weight"] for each in found}

    def states(self, dag_id: str, run_id: str) -> dict[str, list[str]]:
        """Return the states of a run's task instances by task."""
        path = f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances?limit=1000"
        states: dict[str, list[str]] = {}
        for instance in self.call("GET", path)["task_instances"]:
            states.setdefault(instance["task_id"], []).append(instance["state"])
        return states

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, headers | {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error


def airflow_command() -> list[str]:
    """Return the command that runs this environment's Airflow."""
    return [sys.executable, "-m", "airflow"]


@contextmanager
def airflow(
    folder: Path,
    variables: Mapping[str, str],
    *,
    also: Sequence[str] = (),
    people: Mapping[str, str] | None = None,
    teams: Sequence[str] = (),
) -> Iterator[Airflow]:
    """Run an Airflow with its home in ``folder`` and these variables besides its own.

    Parameters
    ----------
    also
        Servers besides those that every Airflow needs: ``triggerer``, where tasks are deferred.
    people
        Who may log in, by name, with role and teams as Airflow's simple auth manager takes them; one is
        ``admin``. By default everybody is an administrator who never logs in.
    teams
        The teams that there are.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    given = environment(folder / "home") | _quick(port) | _known(folder, people or {}) | dict(variables)
    with ExitStack() as stack:
        given |= {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": stack.enter_context(postgres(folder))}
        started = Airflow(url, given, login=login_of("admin") if people else None)
        started.cli("db", "migrate")
        for team in teams:
            started.cli("teams", "create", team)
        started.cli("pools", "import", str(ROOT / "images" / "airflow" / "pools.json"))
        for name in ("api-server", "scheduler", "dag-processor", *also):
            server = stack.enter_context(_served(started, name, folder))
            if name == "api-server":
                server.wait_until(lambda: _healthy(url), seconds=300)
        server.wait_until(lambda: _parsed(started), seconds=300)
        yield started


@contextmanager
def _served(started: Airflow, name: str, folder: Path) -> Iterator[Server]:
    """Run one of its servers; in the end stop the one that runs by then."""
    try:
        with running(started.start(name, folder)) as server:
            yield server
    finally:
        started.servers[name].stop()


def login_of(person: str) -> dict[str, str]:
    """Return with what somebody logs in."""
    return {"username": person, "password": f"the password of {person}"}


def _known(folder: Path, people: Mapping[str, str]) -> dict[str, str]:
    """Return settings by which these people may log in."""
    if not people:
        return {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True"}
    file = folder / "passwords.json"
    file.write_text(json.dumps({person: login_of(person)["password"] for person in people}))
    users = ",".join(f"{person}:{role}" for person, role in people.items())
    return {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(file),
    }


def _quick(port: int) -> dict[str, str]:
    """Return settings that keep a small machine responsive."""
    return {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "3",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": "only for this test",
        "AIRFLOW__API_AUTH__JWT_SECRET": "only for this test, and long enough to sign with it",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONWARNINGS": "ignore",
    }


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _parsed(started: Airflow) -> bool:
    errors = started.call("GET", "/importErrors")["import_errors"]
    assert not errors, errors
    return {"praxi_audit", "praxi_train"} <= {dag["dag_id"] for dag in started.call("GET", "/dags")["dags"]}


def _quote(run_id: str) -> str:
    return urllib.parse.quote(run_id, safe="")
