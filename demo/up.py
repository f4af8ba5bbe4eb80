"""``make demo``: from nothing to an audited cluster, step by step."""

from __future__ import annotations

import re
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from demo.airflow import AirflowConfig, start_airflow, wait_for_airflow
from demo.builder import CONTAINERFILES, FOREIGN_WHEELS, Builder
from demo.errors import DemoError
from demo.history import write_history
from demo.images import PACKAGES, RECIPES
from demo.knowledge import fetch_contents, train, write_releases
from demo.packages import Packages
from demo.progress import Say, Steps
from demo.publish import Publisher
from demo.servers import Endpoint, answers, start_prometheus, start_registry
from demo.state import DemoFolder
from demo.timeline import Published, last_week
from demo.wheels import Wheels

_PYTHON_PACKAGE: Final = re.compile(r"python3_(\d+\.\d+)\.")


@dataclass
class Demo:
    """The demonstration in a folder; every step finds what an earlier run left and adds what is missing."""

    folder: DemoFolder
    steps: Steps

    def set_up(self) -> AirflowConfig:
        """Start the servers, fill registry and Prometheus, train a model; independent steps at once."""
        config = self._airflow_config()
        with ThreadPoolExecutor(max_workers=2) as pool:
            airflow = pool.submit(self._airflow, config)
            self._fetch()
            model = pool.submit(self._model)
            with self.steps.step("Images in a registry") as say:
                images = self._images(say)
            with self.steps.step("A week of history in Prometheus"):
                self._history(images)
            model.result()
            airflow.result()
        return config

    @property
    def _workspace(self) -> Path:
        return self.folder.root / "build"

    @property
    def _packages(self) -> Packages:
        return Packages(self._workspace)

    @property
    def _wheels(self) -> Wheels:
        return Wheels(self._workspace / "wheels")

    def _airflow_config(self) -> AirflowConfig:
        return AirflowConfig(
            home=self.folder.root / "airflow",
            port=self.folder.port("airflow"),
            prometheus=f"http://127.0.0.1:{self.folder.port('prometheus')}",
            store=self.folder.store.as_uri(),
            model=(self.folder.root / "model").as_uri(),
        )

    def _airflow(self, config: AirflowConfig) -> None:
        with self.steps.step("Airflow"):
            wait_for_airflow(start_airflow(config, self.folder.servers), config)

    def _fetch(self) -> None:
        """Download what images and model are made of."""
        with self.steps.step("Packages from Debian and PyPI") as say:
            say("a minimal base system")
            self._packages.bootstrap()
            for name, packages in PACKAGES.items():
                say(f"packages: {', '.join(packages)}")
                self._packages.fetch(name, packages)
            python = self._python()
            for file in sorted((CONTAINERFILES / "requirements").glob("*.txt")):
                say(f"wheels: {file.stem}")
                self._wheels.fetch([file], python=python)
            self._foreign(python)

    def _python(self) -> str:
        for deb in (self._workspace / "debs" / "python").glob("python3_*.deb"):
            if match := _PYTHON_PACKAGE.match(deb.name):
                return match.group(1)
        raise DemoError("no python3 package was downloaded", where=str(self._workspace))

    def _foreign(self, python: str) -> None:
        wheels = Wheels(self._workspace / "wheels-foreign")
        requirements = CONTAINERFILES / "requirements" / "collector.txt"
        wheels.fetch([requirements], python=python, options=[f"--platform={FOREIGN_WHEELS}"])
        target = self._workspace / "collector-foreign"
        shutil.rmtree(target, ignore_errors=True)
        for wheel in wheels.files():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(target)

    def _model(self) -> None:
        with self.steps.step("A model of all Debian packages and some Python ones") as say:
            say("fetching who owns which path in Debian")
            contents = fetch_contents(self._workspace, self._workspace / "sources.list")
            releases = self._workspace / "releases.jsonl"
            write_releases(self._wheels.files(), releases)
            say("training")
            train([*contents, releases], self.folder.root / "model")

    def _images(self, say: Say) -> dict[str, Published]:
        registry = self._registry()
        builder = Builder(self._workspace, self.folder.root / "containers")
        builder.prepare()
        publisher = Publisher(builder, registry.host, self.folder.root / "images.json")
        return publisher.publish(RECIPES, say)

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
