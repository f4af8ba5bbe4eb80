"""Fixtures that every test may use."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer

from tests.support.sharing import Sharing
from tests.support.tools import need

pytest_plugins = (
    "tests.support.registry",
    "tests.support.hostile_registry",
    "tests.support.mlflow",
    "tests.support.packages",
    "tests.support.real_images",
    "tests.support.s3",
)

ROOT = Path(__file__).resolve().parent.parent
COSTS = {"server": 1, "slow": 2, "airflow": 3}

# No test fails for having taken long: a machine may be busy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def praxi_data() -> Path:
    """Return the folder of real data, named by ``PRAXI_DATA``; skip where it is not there."""
    folder = Path(os.environ.get("PRAXI_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data is not at {folder}: set PRAXI_DATA")
    return folder


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks that this file gives a meaning."""
    config.addinivalue_line("markers", "needs(program, ...): runs these; see tests/support/tools.py")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no file without slow tests where only these are asked for: that takes each process long."""
    asked = set(re.findall(r"\w+", config.option.markexpr)) - {"or"}
    is_slow_only = bool(asked) and asked <= COSTS.keys()
    is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    return True if is_slow_only and is_test and not _names_mark(collection_path) else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """See that no slow test is in a file that is not imported for it."""
    if _cost(item) and not _names_mark(item.path):
        raise pytest.UsageError(f"{item.nodeid} is marked elsewhere: name its mark in its own file")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for what a test needs before anything is started for it."""
    for mark in item.iter_markers("needs"):
        need(*mark.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape what a test printed or logged that is no text: reports go between processes as UTF-8."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run fast tests first: a mistake shows in seconds, before servers and Airflow start."""
    items.sort(key=_cost)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing | None:
    """Deal tests out so that processes do not start the same things (``--dist loadfile``)."""
    return Sharing(config, log) if config.getoption("dist") == "loadfile" else None


@cache
def _names_mark(file: Path) -> bool:
    text = file.read_text()
    return any(f"mark.{name}" in text for name in COSTS)


def _cost(item: pytest.Item) -> int:
    return max((rank for mark, rank in COSTS.items() if item.get_closest_marker(mark)), default=0)
