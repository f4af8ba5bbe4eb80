"""The two wheels: what they hold, what they ask for, and that the same tree gives the same bytes."""

from __future__ import annotations

import configparser
import email
import os
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Mapping
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import praxi_tasks
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

HEAVY = {"xgboost", "xgboost-cpu", "scikit-learn", "numpy", "optuna", "altair", "mlflow-skinny", "zstandard"}
Wheels = Mapping[str, Path]


def build(folder: Path, mask: int) -> dict[str, Path]:
    """Build both wheels under a umask; return them by their packages' names."""
    subprocess.run(
        [ROOT / "scripts" / "dist.sh", folder],
        check=True, capture_output=True, umask=mask,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
    )  # fmt: skip
    return {wheel.name.partition("-")[0]: wheel for wheel in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    return build(tmp_path_factory.mktemp("dist"), 0o022)


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def document(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (found,) = [each for each in archive.namelist() if each.endswith(f".dist-info/{name}")]
        return archive.read(found).decode()


def metadata(wheel: Path) -> Message:
    return email.message_from_string(document(wheel, "METADATA"))


def requirements(wheel: Path, extra: str = "") -> dict[str, Requirement]:
    """Return what a wheel asks for without an extra, or what an extra adds, by name."""
    asked = [Requirement(line) for line in metadata(wheel).get_all("Requires-Dist", [])]
    return {each.name: each for each in asked if ("extra ==" in str(each.marker)) == bool(extra)}


def tree(folder: Path) -> set[str]:
    """Return the files below a folder, as a wheel of its parent names them."""
    files = {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    return {str(path.relative_to(folder.parent)) for path in files}


def test_the_same_tree_gives_the_same_bytes(wheels: Wheels, tmp_path: Path) -> None:
    again = build(tmp_path / "again", 0o077)
    assert set(again) == {"praxi", "praxi_airflow"}
    for name, wheel in again.items():
        assert wheel.name == wheels[name].name
        assert wheel.read_bytes() == wheels[name].read_bytes()


def test_each_holds_every_file_of_its_tree_and_no_other(wheels: Wheels) -> None:
    held = {
        name: {each for each in names(wheel) if ".dist-info/" not in each} for name, wheel in wheels.items()
    }
    assert held["praxi"] == tree(ROOT / "praxi_tasks")
    dags = {f"praxi_airflow/{name}" for name in tree(ROOT / "dags")}
    assert held["praxi_airflow"] == tree(ROOT / "plugins" / "praxi_airflow") | dags


@pytest.mark.parametrize("name", ["praxi", "praxi_airflow"])
def test_each_has_its_licences_its_version_and_its_types(wheels: Wheels, name: str) -> None:
    told, held = metadata(wheels[name]), names(wheels[name])
    assert told["Version"] == praxi_tasks.__version__
    assert told["License-Expression"] == "Apache-2.0"
    assert {"LICENSE", "NOTICE"} <= set(told.get_all("License-File", []))
    assert any(each.endswith(".dist-info/licenses/NOTICE") for each in held)
    assert any(each.endswith("/py.typed") for each in held)
    assert told["Requires-Python"] == ">=3.11"


def test_the_core_is_light_and_the_extra_is_the_task_image(wheels: Wheels) -> None:
    core, tasks = requirements(wheels["praxi"]), requirements(wheels["praxi"], "tasks")
    assert not set(core) & HEAVY
    lines = (ROOT / "images/task/requirements.in").read_text().splitlines()
    wanted = {Requirement(line).name for line in lines if line and not line.startswith("#")}
    assert set(tasks) == wanted >= set(core)


def test_airflow_is_asked_for_by_a_range_and_praxi_by_its_version(wheels: Wheels) -> None:
    asked = requirements(wheels["praxi_airflow"])
    assert str(asked["apache-airflow"].specifier) == "<4,>=3.2"
    assert str(asked["praxi"].specifier) == f"=={praxi_tasks.__version__}"
    assert not set(asked) & HEAVY
    pinned = {name for name, each in asked.items() if "==" in str(each.specifier)}
    assert pinned == {"praxi"}


def test_the_ranges_hold_what_the_airflow_image_is_locked_to(wheels: Wheels) -> None:
    lock = (ROOT / "images/airflow/requirements.txt").read_text()
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE))
    asked = requirements(wheels["praxi"]) | requirements(wheels["praxi_airflow"])
    for name, each in asked.items():
        if name != "praxi":
            assert locked[name] in each.specifier, name


def test_the_entry_points_are_those_that_airflow_looks_for(wheels: Wheels) -> None:
    points = configparser.ConfigParser()
    points.read_string(document(wheels["praxi_airflow"], "entry_points.txt"))
    assert dict(points["airflow.plugins"]) == {"praxi": "praxi_airflow.plugin:PraxiPlugin"}
    assert dict(points["apache_airflow_provider"]) == {
        "provider_info": "praxi_airflow.provider_info:get_provider_info"
    }
    assert "praxi = praxi_tasks.cli:main" in document(wheels["praxi"], "entry_points.txt")


def test_both_projects_have_one_version() -> None:
    project = tomllib.loads((ROOT / "packaging/praxi-airflow/pyproject.toml").read_text())["project"]
    assert project["version"] == praxi_tasks.__version__
