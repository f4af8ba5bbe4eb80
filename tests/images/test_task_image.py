from __future__ import annotations

import re
import subprocess

import pytest

from tests.conftest import ROOT
from tests.support.task_image import BuiltImage, task_image

__all__ = ["task_image"]

pytestmark = [pytest.mark.slow, pytest.mark.server]
LIMIT = 350_000_000
RESTRICTED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--tmpfs=/scratch")

# Trains and calibrates a model, registers it, opens a study, specifies a chart, writes the tables: in each,
# another library.
LEARNING = """
import world
from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.findings.report.tables import parquet_tables
from praxi_tasks.learning.training.task import tuning_space
from praxi_tasks.learning.run.plan import TrainingSettings
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.run.report import assets, studies
from praxi_tasks.learning.studies import Trial
from praxi_tasks.learning.studies.tuning import Tuning
from praxi_tasks.store import open_store

world.model().save("file:///scratch/model")
registry = MlflowRegistry("sqlite:////scratch/mlflow.db")
version = registry.register("file:///scratch/model", "identity", {})
registry.challenge(version)
print(version.version, *registry.get(version.version).aliases)
space = tuning_space(TrainingSettings().assignment, rebuilt=True)
print(len(Tuning(open_store("file:///scratch/store"), "study", space).history()))
print(studies.tuning([Trial({}, 0.5), Trial({}, 0.75)]).spec["$schema"].split("/")[-2], len(assets.scripts()))
print(*sorted(name for name, table in parquet_tables(AssessedAudit("r", "2026-11-20", "", "", ())) if table))
"""


def test_the_image_runs_praxi_as_a_pod_would_run_it(task_image: BuiltImage) -> None:
    done = task_image.run("--version", options=RESTRICTED)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"praxi, version \d+\.\d+\.\d+\n", done.stdout)


def test_the_image_runs_with_a_random_user(task_image: BuiltImage) -> None:
    probe = "import os, praxi_tasks; open('/scratch/probe', 'w').close(); print(os.getuid(), os.getgid())"
    options = (*RESTRICTED, "--user=1000670000:0", "--entrypoint=python3")
    done = task_image.run("-c", probe, options=options)
    assert (done.returncode, done.stdout.strip()) == (0, "1000670000 0"), done.stderr


def test_every_command_imports_from_the_locked_requirements_alone(task_image: BuiltImage) -> None:
    probe = (
        "import importlib, praxi_tasks.cli.app as cli, praxi_tasks.tracing.recorder\n"
        "for module in cli.COMMANDS.values(): importlib.import_module(module)"
    )
    done = task_image.run("-c", probe, options=(*RESTRICTED, "--entrypoint=python3"))
    assert done.returncode == 0, done.stderr


def test_nothing_of_airflow_no_compiler_and_no_installers_command_is_inside(task_image: BuiltImage) -> None:
    probe = "for name in gcc cc g++ make pip pip3; do command -v $name; done; python3 -c 'import airflow'"
    done = task_image.run("-c", probe, options=("--entrypoint=sh",))
    assert done.stdout == ""
    assert "No module named 'airflow'" in done.stderr


def test_the_pip_that_builds_source_is_the_locked_one(task_image: BuiltImage) -> None:
    done = task_image.run("-I", "-m", "pip", "--version", options=(*RESTRICTED, "--entrypoint=python3"))
    locked = re.search(r"^pip==(\S+)", (ROOT / "images/task/requirements.txt").read_text(), re.MULTILINE)
    assert locked is not None
    assert done.stdout.startswith(f"pip {locked[1]} from /opt/praxi/"), done.stderr


def test_the_image_says_what_it_is_and_is_not_root(task_image: BuiltImage) -> None:
    config = task_image.description["Config"]
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert config["User"] == "10001:0"
    assert config["Labels"]["org.opencontainers.image.title"] == "praxi-tasks"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert config["Labels"]["org.opencontainers.image.revision"] == (head.stdout.strip() or "unknown")


def test_the_unpacked_image_is_below_the_limit(task_image: BuiltImage) -> None:
    assert 50_000_000 < task_image.description["Size"] <= LIMIT


def test_what_training_and_reports_need_was_not_slimmed_away(task_image: BuiltImage) -> None:
    world = f"--volume={ROOT}/tests/support/world.py:/probe/world.py:ro"
    options = (*RESTRICTED, world, "--env=PYTHONPATH=/opt/praxi/lib/praxi:/probe", "--entrypoint=python3")
    done = task_image.run("-c", LEARNING, options=options)
    assert done.returncode == 0, done.stderr
    model, study, charts, tables = done.stdout.splitlines()
    assert (model, study, charts) == ("1 challenger", "0", "vega-lite 4")
    expected = ["components", "coverage", "declared", "findings", "images", "layers", "software"]
    assert tables.split() == expected
