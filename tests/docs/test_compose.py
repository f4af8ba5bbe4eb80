from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.support.airflow_home import ROOT

SECRETS = re.findall(r"^([A-Z_0-9]+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE)
EMPTY = ROOT / "tests" / "docs" / "__init__.py"  # an environment file that sets nothing
ONE_SHOT = {"airflow-init"}
COMPOSE = shutil.which("docker-compose")


@pytest.fixture
def services() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
    found: dict[str, Any] = loaded["services"]
    return found


def configure(**variables: str) -> subprocess.CompletedProcess[str]:
    if COMPOSE is None:
        pytest.skip("docker-compose is not installed")
    inherited = {name: value for name, value in os.environ.items() if name not in SECRETS}
    command = [COMPOSE, "--env-file", str(EMPTY), "-f", str(ROOT / "docker-compose.yaml"), "config"]
    return subprocess.run(
        command, env={**inherited, **variables}, capture_output=True, text=True, check=False, timeout=300
    )


def test_it_is_valid_once_every_secret_is_given() -> None:
    done = configure(**{name: f"value-of-{name.lower()}" for name in SECRETS})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", SECRETS)
def test_it_refuses_to_start_without_a_secret(missing: str) -> None:
    done = configure(**{name: "given" for name in SECRETS if name != missing})
    assert done.returncode != 0
    assert ".env.example" in done.stderr


def test_every_public_image_has_an_exact_version(services: dict[str, Any]) -> None:
    public = {service["image"] for service in services.values() if not service["image"].startswith("${")}
    assert public
    assert [
        image
        for image in public
        if not re.search(r":v?\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?$", image)
    ] == []


def test_every_long_running_service_has_a_health_check(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "healthcheck" not in service} == ONE_SHOT
