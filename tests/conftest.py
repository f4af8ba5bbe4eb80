"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = (
    "tests.support.registry",
    "tests.support.hostile_registry",
    "tests.support.packages",
    "tests.support.real_images",
    "tests.support.s3",
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def praxi_data() -> Path:
    """Return the folder of real data, named by ``PRAXI_DATA``; skip where it is not there."""
    folder = Path(os.environ.get("PRAXI_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data is not at {folder}: set PRAXI_DATA")
    return folder
