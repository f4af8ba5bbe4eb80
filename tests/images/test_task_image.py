from __future__ import annotations

import gzip
import io
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.task_image import BuiltImage, task_image

__all__ = ["task_image"]

pytestmark = [pytest.mark.slow, pytest.mark.server]
LIMIT = 350_000_000
RESTRICTED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--tmpfs=/scratch")


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
        "import importlib, praxi_tasks.cli.app as cli\n"
        "for module in cli.COMMANDS.values(): importlib.import_module(module)"
    )
    done = task_image.run("-c", probe, options=(*RESTRICTED, "--entrypoint=python3"))
    assert done.returncode == 0, done.stderr


def test_nothing_of_airflow_no_compiler_and_no_installer_is_inside(task_image: BuiltImage) -> None:
    probe = "for name in gcc cc g++ make pip pip3; do command -v $name; done; python3 -c 'import airflow'"
    done = task_image.run("-c", probe, options=("--entrypoint=sh",))
    assert done.stdout == ""
    assert "No module named 'airflow'" in done.stderr


def test_the_image_says_what_it_is_and_is_not_root(task_image: BuiltImage) -> None:
    config = task_image.description["Config"]
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert config["User"] == "10001:0"
    assert config["Labels"]["org.opencontainers.image.title"] == "praxi-tasks"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert config["Labels"]["org.opencontainers.image.revision"] == (head.stdout.strip() or "unknown")


def test_what_a_node_pulls_is_below_the_limit(task_image: BuiltImage, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    subprocess.run(
        ["podman", "save", "--quiet", "--output", str(archive), task_image.name],
        env=dict(task_image.environment),
        check=True,
        timeout=300,
    )
    with tarfile.open(archive) as saved:
        sizes = [_compressed(saved, member) for member in saved if member.name.endswith(".tar")]
    assert 50_000_000 < sum(sizes) <= LIMIT


def _compressed(saved: tarfile.TarFile, member: tarfile.TarInfo) -> int:
    content = saved.extractfile(member)
    counted = io.BytesIO()
    with gzip.GzipFile(fileobj=counted, mode="wb", compresslevel=1) as target:
        while content is not None and (block := content.read(1 << 20)):
            target.write(block)
    return counted.tell()
