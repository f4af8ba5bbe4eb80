"""``make demo``: from nothing to an audited cluster, step by step."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

from demo.airflow import AirflowConfig, start_airflow, wait_for_airflow
from demo.background import in_background
from demo.history import write_history
from demo.image_factory import Workshop
from demo.images import RECIPES
from demo.model import fetch_contents, train, write_releases
from demo.progress import Say, Steps
from demo.servers import Endpoint, answers, start_prometheus, start_registry
from demo.state import DemoFolder
from demo.timeline import Published, last_week


@dataclass
class Demo:
    """The demonstration in a folder; every step finds what an earlier run left and adds what is missing."""

    folder: DemoFolder
    steps: Steps

    def set_up(self) -> AirflowConfig:
        """Start the servers, fill registry and Prometheus, train a model; independent steps at once."""
        config = self._airflow_config()
        airflow = in_background(lambda: self._airflow(config))
        with self.steps.step("Packages from Debian and PyPI") as say:
            self._workshop.fetch(say)
        model = in_background(self._model)
        with self.steps.step("Images in a registry") as say:
            images = self._images(say)
        with self.steps.step("A week of history in Prometheus"):
            self._history(images)
        model.result()
        airflow.result()
        return config

    @property
    def _workshop(self) -> Workshop:
        return Workshop(self.folder.root)

    def _airflow_config(self) -> AirflowConfig:
        return AirflowConfig(
            home=self.folder.root / "airflow",
            port=self.folder.port("airflow"),
            worker_log_port=self.folder.port("airflow-worker-logs", of="airflow"),
            trigger_log_port=self.folder.port("airflow-trigger-logs", of="airflow"),
            prometheus=f"http://127.0.0.1:{self.folder.port('prometheus')}",
            store=self.folder.store.as_uri(),
            model=(self.folder.root / "model").as_uri(),
        )

    def _airflow(self, config: AirflowConfig) -> None:
        with self.steps.step("Airflow") as say:
            say("starting its API, scheduler and Dag processor")
            wait_for_airflow(start_airflow(config, self.folder.servers), config)

    def _model(self) -> None:
        with self.steps.step("A model of Debian and Python packages") as say:
            say("fetching who owns which path in Debian")
            workshop = self._workshop
            contents = fetch_contents(workshop.workspace, workshop.packages.sources)
            releases = workshop.workspace / "releases.jsonl"
            write_releases(workshop.wheels.files(), releases)
            say("training")
            train([*contents, releases], self.folder.root / "model")

    def _images(self, say: Say) -> dict[str, Published]:
        return self._workshop.publish(self._registry().host, RECIPES, say)

    def _registry(self) -> Endpoint:
        port = self.folder.port("registry")
        running = Endpoint(self.folder.server("registry"), port)
        if running.server.members() and answers(f"{running.url}/"):
            return running
        running.server.stop()
        return start_registry(self.folder.servers, port=port)

    def _history(self, images: dict[str, Published]) -> None:
        port = self.folder.port("prometheus")
        self.folder.server("prometheus").stop()
        shutil.rmtree(self.folder.servers / "prometheus", ignore_errors=True)
        write_history(last_week(images, datetime.now(UTC)), self.folder.servers)
        start_prometheus(self.folder.servers, port=port)
