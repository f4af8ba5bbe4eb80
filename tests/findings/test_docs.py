"""The documentation's examples are valid, and it names every setting."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from praxi_airflow.settings.findings import FindingSettings
from praxi_tasks.findings.finding import Kind
from praxi_tasks.findings.policy import parse_policy

TEXT = (Path(__file__).resolve().parents[2] / "docs/findings.md").read_text()
POLICY, ALERTMANAGER = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_policy_is_valid() -> None:
    policy = parse_policy(POLICY.encode())
    assert policy.team(["shop-eu"], "high") == "shop"
    assert (len(policy.ignore), len(policy.fail)) == (1, 2)


@pytest.mark.needs("amtool")
def test_the_example_for_alertmanager_is_valid(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(ALERTMANAGER)
    ended = subprocess.run(
        ["amtool", "check-config", tmp_path / "alertmanager.yml"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_every_setting_and_kind_is_named() -> None:
    named = set(re.findall(r"`([a-z_-]+)`", TEXT))
    assert {field.name for field in fields(FindingSettings)} <= named
    assert set(get_args(Kind)) <= named
