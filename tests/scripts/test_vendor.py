"""The scripts that pages and tests carry: those of the locked packages, byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
@pytest.mark.needs("npm")
def test_the_scripts_and_licences_are_what_npm_holds_under_the_locked_digests() -> None:
    command = [sys.executable, str(ROOT / "scripts/vendor.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


def test_every_locked_package_has_a_digest_and_none_an_address() -> None:
    lock = json.loads((ROOT / "scripts/vendor/package-lock.json").read_text())
    packages = [package for place, package in lock["packages"].items() if place]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)
