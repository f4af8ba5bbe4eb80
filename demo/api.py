"""The few calls of Airflow's REST API that run an audit and watch it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import requests

from demo.airflow import AirflowConfig
from demo.errors import DemoError

DAG: Final = "praxi_audit"
POOL: Final = {"name": "praxi", "slots": 2, "description": "Praxi's tasks", "include_deferred": False}
DAG_SECONDS: Final = 120.0
RUN_SECONDS: Final = 900.0
FINISHED: Final = frozenset({"success", "failed"})
TIMEOUT: Final = 120.0


class AirflowApi:
    """A session with an Airflow, as its user ``admin``."""

    def __init__(self, config: AirflowConfig) -> None:
        self._url = config.url
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: this is a server of our own
        login = {"username": "admin", "password": config.password()}
        token = self._call("POST", "/auth/token", json=login)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def prepare(self) -> None:
        """Make the pool, wait for the audit's Dag, and switch the project's Dags on."""
        self._call("POST", "/api/v2/pools", json=POOL, accept=(409,))
        deadline = time.monotonic() + DAG_SECONDS
        while not self._call("GET", f"/api/v2/dags/{DAG}", accept=(404,)).get("dag_id"):
            self._fail_on_import_errors()
            if time.monotonic() > deadline:
                raise DemoError(f"Airflow did not find the Dag {DAG}", where=self._url)
            time.sleep(1)
        for dag in self._call("GET", "/api/v2/dags", params={"tags": "praxi"})["dags"]:
            self._call("PATCH", f"/api/v2/dags/{dag['dag_id']}", json={"is_paused": False})

    def _fail_on_import_errors(self) -> None:
        for error in self._call("GET", "/api/v2/importErrors")["import_errors"]:
            raise DemoError(f"a Dag can't be imported: {error['stack_trace']}", where=error["filename"])

    def run_yesterday(self, now: datetime) -> str:
        """Start an audit of yesterday and return its run id.

        The first is the scheduler's own, which it starts by itself when the Dag is switched on. Airflow
        schedules a day only once: later ones are started by hand, for the same interval.
        """
        end = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        start = end - timedelta(days=1)
        scheduled = self._scheduled_run(start)
        if scheduled is None or self.state(scheduled) not in FINISHED:
            return scheduled or self._await_scheduled_run(start)
        moment = start + (now.astimezone(UTC) - end) / 2  # a logical date of its own, within yesterday
        interval = {"data_interval_start": start.isoformat(), "data_interval_end": end.isoformat()}
        return self._start({"logical_date": moment.isoformat(), **interval, "conf": {}})

    def run_images(self, images: list[str]) -> str:
        """Start an audit of these images and return its run id."""
        return self._start({"logical_date": None, "conf": {"images": images}})

    def _start(self, body: Mapping[str, Any]) -> str:
        return str(self._call("POST", f"/api/v2/dags/{DAG}/dagRuns", json=body)["dag_run_id"])

    def _scheduled_run(self, start: datetime) -> str | None:
        found = self._call("GET", f"/api/v2/dags/{DAG}/dagRuns", params={"run_type": "scheduled"})
        for run in found["dag_runs"]:
            if datetime.fromisoformat(run["data_interval_start"]) == start:
                return str(run["dag_run_id"])
        return None

    def _await_scheduled_run(self, start: datetime) -> str:
        deadline = time.monotonic() + DAG_SECONDS
        while (run := self._scheduled_run(start)) is None:
            if time.monotonic() > deadline:
                raise DemoError(f"the scheduler started no audit of {start:%Y-%m-%d}", where=self._url)
            time.sleep(0.5)
        return run

    def state(self, run: str) -> str:
        """Return a run's state."""
        return str(self._call("GET", f"/api/v2/dags/{DAG}/dagRuns/{run}")["state"])

    def watch(self, run: str, report: Callable[[str], None]) -> str:
        """Wait for the end of a run, saying how its tasks stand, and return its state.

        Raises
        ------
        DemoError
            If it has not ended after a quarter of an hour.
        """
        deadline, last = time.monotonic() + RUN_SECONDS, ""
        while (state := self.state(run)) not in FINISHED:
            if (now := self._describe(run)) != last:
                report(now)
                last = now
            if time.monotonic() > deadline:
                raise DemoError(f"the run is still {state}", where=self.page(run))
            time.sleep(1)
        return state

    def _describe(self, run: str) -> str:
        found = self._call("GET", f"/api/v2/dags/{DAG}/dagRuns/{run}/taskInstances")["task_instances"]
        counts: dict[str, list[bool]] = {}
        for task in sorted(found, key=lambda task: str(task["start_date"] or "~")):
            if task["state"] not in {None, "scheduled"}:
                counts.setdefault(task["task_id"], []).append(task["state"] in {"success", "skipped"})
        under_way = [f"{task} {sum(done)}/{len(done)}" for task, done in counts.items() if not all(done)]
        return ", ".join(under_way) or "waiting for the next task"

    def failed_tasks(self, run: str) -> list[str]:
        """Return the ids of the tasks that failed in a run."""
        found = self._call("GET", f"/api/v2/dags/{DAG}/dagRuns/{run}/taskInstances")["task_instances"]
        return [str(task["task_id"]) for task in found if task["state"] == "failed"]

    def page(self, run: str) -> str:
        """Return the URL of a run's page."""
        return f"{self._url}/dags/{DAG}/runs/{quote(run, safe='')}"

    def _call(self, method: str, path: str, *, accept: tuple[int, ...] = (), **body: Any) -> dict[str, Any]:
        try:
            response = self._session.request(method, self._url + path, timeout=TIMEOUT, **body)
        except requests.RequestException as error:
            raise DemoError(f"Airflow did not answer: {error}", where=f"{method} {path}") from error
        if response.status_code in accept:
            return {}
        if not response.ok:
            raise DemoError(
                f"Airflow answered {response.status_code}: {response.text[:500]}", where=f"{method} {path}"
            )
        answer: dict[str, Any] = response.json()
        return answer
