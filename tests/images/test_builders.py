"""`make images` builds with whatever builder is there; podman's result is what the other tests run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.support.task_image import BASE, NAME, BuiltImage, locked, task_image

__all__ = ["task_image"]

pytestmark = [pytest.mark.slow, pytest.mark.server]
SCRIPT = ROOT / "scripts" / "images.sh"


def podman(image: BuiltImage, *arguments: str) -> str:
    command = ["podman", *arguments]
    done = subprocess.run(command, env=dict(image.environment), capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def by_buildah(task_image: BuiltImage) -> Iterator[Any]:
    """Build the same tree with buildah, from what podman left in the storage that they share."""
    name = f"{NAME}-buildah"
    given = {"PRAXI_BUILDER": "buildah", "TASK_BASE": BASE, "TASK_IMAGE": name}
    with locked("task-image"):
        subprocess.run([SCRIPT, "task"], env={**task_image.environment, **given}, check=True, timeout=600)
    try:
        yield json.loads(podman(task_image, "image", "inspect", name))[0]
    finally:
        podman(task_image, "rmi", name)


def labels(image: Mapping[str, Any]) -> set[str]:
    """Return the names of an image's labels that do not tell who built it."""
    return {name for name in image["Config"]["Labels"] if "buildah" not in name}


@pytest.mark.needs("buildah")
def test_buildah_builds_what_podman_builds(task_image: BuiltImage, by_buildah: Any) -> None:
    ours = task_image.description
    for part in ("User", "Env", "Entrypoint", "WorkingDir"):
        assert by_buildah["Config"][part] == ours["Config"][part]
    assert labels(by_buildah) == labels(ours)
    probe = ["run", "--rm", "--network=none", "--tmpfs=/scratch", by_buildah["Id"], "--version"]
    assert podman(task_image, *probe).startswith("praxi, version ")


def test_an_image_built_at_another_commit_says_so(task_image: BuiltImage, tmp_path: Path) -> None:
    name, git = f"{NAME}-later", ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, *author, "commit", "--quiet", "--allow-empty", "-m", "Later"], check=True)
    asked = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    given = {"PRAXI_BUILDER": "podman", "TASK_BASE": BASE, "TASK_IMAGE": name, "GIT_DIR": f"{tmp_path}/.git"}
    with locked("task-image"):
        subprocess.run([SCRIPT, "task"], env={**task_image.environment, **given}, check=True, timeout=600)
    try:
        found = json.loads(podman(task_image, "image", "inspect", name))[0]["Config"]["Labels"]
        assert found["org.opencontainers.image.revision"] == asked.stdout.strip()
    finally:
        podman(task_image, "rmi", name)


@pytest.mark.parametrize(
    ("variables", "words", "says"),
    [
        ({"PRAXI_BUILDER": "no-such-builder"}, ["task"], "no builder found"),
        ({"PRAXI_BUILDER": "true"}, ["kernel"], "no image is called kernel"),
    ],
)
def test_what_can_not_be_built_is_said(variables: dict[str, str], words: list[str], says: str) -> None:
    done = subprocess.run(
        [SCRIPT, *words], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert says in done.stderr
