"""Public images are named by the digest that a registry gives, or their file stays as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.images import image, index, layer
from tests.support.process import free_port
from tests.support.registry import Registry

pytestmark = pytest.mark.server
SCRIPT = ROOT / "scripts" / "pin_images.py"
COMPOSE = """services:
  ours:
    image: ${AIRFLOW_IMAGE:-praxi/airflow:0.2.0}
  shop:
    image: %(host)s/pin/shop:1.0  # kept
  till:
    image: %(host)s/pin/till:2.13@sha256:%(old)s
"""


def pin(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, SCRIPT, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_each_image_gets_the_digest_of_its_tag_and_keeps_the_tag(registry: Registry, tmp_path: Path) -> None:
    shop, till = index([image([layer({"a": b"1"})])]), image([layer({"b": b"2"})])
    registry.push("pin/shop:1.0", shop)
    registry.push("pin/till:2.13", till)
    compose, container = tmp_path / "compose.yaml", tmp_path / "Containerfile"
    compose.write_text(COMPOSE % {"host": registry.host, "old": "0" * 64})
    container.write_text(f"# A base.\nARG BASE={registry.host}/pin/shop:1.0\nFROM ${{BASE}}\n")
    assert pin("--check", compose, container).stdout.count("not pinned: ") == 2
    done = pin(compose, container)
    assert done.returncode == 0, done.stderr
    lines = compose.read_text().splitlines()
    assert lines[2] == "    image: ${AIRFLOW_IMAGE:-praxi/airflow:0.2.0}"
    assert lines[4] == f"    image: {registry.host}/pin/shop:1.0@{shop.digest}  # kept"
    assert lines[6] == f"    image: {registry.host}/pin/till:2.13@{till.digest}"
    assert f"ARG BASE={registry.host}/pin/shop:1.0@{shop.digest}\n" in container.read_text()
    assert pin("--check", compose, container).returncode == 0


def test_a_registry_that_does_not_answer_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "Containerfile"
    file.write_text(f"ARG BASE=127.0.0.1:{free_port()}/shop:1.0\n")
    before = file.read_text()
    done = pin(file)
    assert (done.returncode, file.read_text()) == (75, before)
    assert "pin_images: " in done.stderr


def test_every_public_image_of_the_tree_is_found() -> None:
    files = [ROOT / "docker-compose.yaml", *ROOT.glob("images/*/Containerfile")]
    tags = pin("--check").stdout.count("not pinned: ")
    assert tags + sum(file.read_text().count("@sha256:") for file in files) == 13
