from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors import Knowledge
from praxi_tasks.findings.detectors.runtimes import RUNTIMES, Runtimes
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.lifecycle import Lifecycle
from praxi_tasks.findings.feeds.release_cycles import shipped_table
from tests.findings.detectors.detect import detect
from tests.findings.images import layer

NO_FEEDS = FolderFeeds(Path("/nonexistent"))


def findings(at: str, *files: str, lifecycle: Lifecycle | None = None) -> list[Finding]:
    known = lifecycle or Lifecycle.load(NO_FEEDS, NO_FEEDS)
    knowledge = Knowledge(date.fromisoformat(at), lifecycle=known)
    return detect(Runtimes, layer(1, files), knowledge=knowledge)


@pytest.mark.parametrize(
    ("path", "called"),
    [
        ("usr/local/lib/python3.8/os.py", "python 3.8"),
        ("usr/local/lib/ruby/3.0.0/set.rb", "ruby 3.0"),
        ("opt/node-v16.20.2-linux-x64/bin/node", "nodejs 16"),
        ("usr/local/lib/php/extensions/no-debug-non-zts-20190902/opcache.so", "php 7.4"),
        ("usr/share/dotnet/shared/Microsoft.NETCore.App/6.0.36/System.Runtime.dll", "dotnet 6.0"),
    ],
)
def test_runtimes_outside_the_distribution(path: str, called: str) -> None:
    (found,) = findings("2026-01-01", path)
    assert found.title.startswith(f"{called} is out of support")
    assert found.evidence == (path,)
    assert not findings("2018-01-01", path)


def test_a_distributions_own_runtime_is_its_business() -> None:
    assert not findings("2026-01-01", "usr/lib/python3.8/os.py")


def test_a_cycle_that_a_feed_writes_without_its_zero_is_found() -> None:
    path = "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.Runtime.dll"
    lifecycle = Lifecycle(runtimes={"dotnet": {"6": "2024-11-12", "8": "2027-01-01"}})
    (found,) = findings("2027-01-01", path, lifecycle=lifecycle)
    assert found.title == "dotnet 8.0 is out of support since 2027-01-01"


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("usr/local/lib/python2.6/os.py", "python 2.6 is out of support since 2020-01-01"),
        ("opt/node-v9.1.0-linux-x64/bin/node", "nodejs 9 is out of support since 2023-04-30"),
        ("opt/node-v99.1.0-linux-x64/bin/node", None),
        ("opt/node-v23.1.0-linux-x64/bin/node", None),
    ],
)
def test_a_cycle_that_no_table_lists_ended_before_a_newer_one(path: str, ends: str | None) -> None:
    found = findings("2026-01-01", path)
    assert [finding.title.removesuffix(" at the latest") for finding in found] == ([ends] if ends else [])


def test_every_runtime_is_in_the_shipped_table() -> None:
    runtimes = shipped_table().of_kind("runtime")
    assert runtimes.keys() == {runtime.name for runtime in RUNTIMES}
    assert all(set(runtime.names.values()) <= runtimes[runtime.name].cycles.keys() for runtime in RUNTIMES)
