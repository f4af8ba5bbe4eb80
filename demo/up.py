"""``make demo``: from nothing to an audited cluster, step by step."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

from demo.advisories import Advisories
from demo.airflow import AirflowConfig, start_airflow, wait_for_airflow
from demo.background import in_background
from demo.history import write_history
from demo.image_factory import ImageFactory
from demo.images import IMAGE_SPECS
from demo.model import fetch_contents, train, write_releases
from demo.progress import ProgressCallback, Steps
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
        with self.steps.step("Packages from Debian and PyPI") as report:
            self._factory.fetch(report)
        model = in_background(self._model)
        advisories = in_background(self._advisories)
        with self.steps.step("Images in a registry") as report:
            images = self._images(report)
        with self.steps.step("A week of history in Prometheus"):
            self._history(images)
        model.result()
        advisories.result()
        airflow.result()
        return config

    @property
    def _factory(self) -> ImageFactory:
        return ImageFactory(self.folder.root)

    def _airflow_config(self) -> AirflowConfig:
        return AirflowConfig(
            home=self.folder.root / "airflow",
            port=self.folder.port("airflow"),
            worker_log_port=self.folder.port("airflow-worker-logs", of="airflow"),
            trigger_log_port=self.folder.port("airflow-trigger-logs", of="airflow"),
            prometheus=f"http://127.0.0.1:{self.folder.port('prometheus')}",
            registry=f"127.0.0.1:{self.folder.port('registry')}",
            store=self.folder.store.as_uri(),
            model=(self.folder.root / "model").as_uri(),
        )

    def _airflow(self, config: AirflowConfig) -> None:
        with self.steps.step("Airflow") as report:
            report("starting its API, scheduler and Dag processor")
            wait_for_airflow(start_airflow(config, self.folder.servers), config)

    def _model(self) -> None:
        with self.steps.step("A model of Debian and Python packages") as report:
            report("fetching who owns which path in Debian")
            factory = self._factory
            contents = fetch_contents(factory.workspace, factory.packages.sources)
            releases = factory.workspace / "releases.jsonl"
            write_releases(factory.wheels.files(), releases)
            report("training")
            train([*contents, releases], self.folder.root / "model")

    def _advisories(self) -> None:
        with self.steps.step("Advisories") as report:
            report("fetching OSV's")
            Advisories(self.folder.store).mirror()

    def _images(self, report: ProgressCallback) -> dict[str, Published]:
        return self._factory.publish(self._registry().host, IMAGE_SPECS, report)

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
