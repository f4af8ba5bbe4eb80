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
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.detectors.detect import detect
from tests.findings.images import deb, layer

NO_FEEDS = FolderFeeds(Path("/nonexistent"))


def findings(at: str, *files: str, lifecycle: Lifecycle | None = None) -> list[Finding]:
    known = lifecycle or Lifecycle.load(NO_FEEDS, NO_FEEDS)
    knowledge = Knowledge(date.fromisoformat(at), lifecycle=known)
    return detect(Runtimes, layer(1, files), knowledge=knowledge)


def runtime(name: str, version: str, path: str = "opt/x/release") -> Claim:
    return Claim("generic", name, version, path, files=(path,))


def ended(at: str, *claims: Claim, distribution: Distribution | None = None) -> list[Finding]:
    knowledge = Knowledge(date.fromisoformat(at), lifecycle=Lifecycle.load(NO_FEEDS, NO_FEEDS))
    files = [path for claim in claims for path in claim.files]
    image = layer(1, files, claims=claims, distribution=distribution)
    return detect(Runtimes, image, knowledge=knowledge)


@pytest.mark.parametrize(
    ("path", "called"),
    [
        ("usr/local/lib/python3.8/os.py", "python 3.8"),
        ("usr/local/lib/ruby/3.0.0/set.rb", "ruby 3.0"),
        ("usr/local/lib/php/extensions/no-debug-non-zts-20190902/opcache.so", "php 7.4"),
    ],
)
def test_runtimes_outside_the_distribution(path: str, called: str) -> None:
    (found,) = findings("2026-01-01", path)
    assert found.title.startswith(f"{called} is out of support")
    assert found.evidence == (path,)
    assert not findings("2018-01-01", path)


@pytest.mark.parametrize(
    ("name", "version", "called"),
    [
        ("python", "3.8.19", "python 3.8"),
        ("ruby", "3.0.7", "ruby 3.0"),
        ("node", "16.20.2", "nodejs 16"),
        ("openjdk", "22.0.1+8-16", "java 22"),
        ("go", "1.21rc2", "go 1.21"),
        ("php", "7.4.33", "php 7.4"),
        ("dotnet", "6.0.36", "dotnet 6.0"),
        ("aspnet-core", "6.0.36", "dotnet 6.0"),
        ("perl", "5.30.3", "perl 5.30"),
    ],
)
def test_a_runtimes_component_names_its_cycle(name: str, version: str, called: str) -> None:
    (found,) = ended("2026-01-01", runtime(name, version))
    assert found.title.startswith(f"{called} is out of support")
    assert found.purl.startswith(f"pkg:generic/{name}@")
    assert found.evidence == ("opt/x/release",)
    assert not ended("2017-01-01", runtime(name, version))


def test_a_runtime_is_told_once_by_its_version_and_its_library() -> None:
    python = runtime("python", "3.8.19", "usr/local/include/python3.8/patchlevel.h")
    other = Claim("generic", "python", "3.8.20", "usr/local/lib/python3.8/os.py",
                  files=("usr/local/lib/python3.8/os.py",))  # fmt: skip
    (found,) = ended("2026-01-01", python, other)
    assert found.purl == "pkg:generic/python@3.8.19"


def test_a_runtime_of_a_distributions_package_is_its_business() -> None:
    java = runtime("openjdk", "22.0.1", "usr/lib/jvm/java-22-openjdk/release")
    package = deb("openjdk-22-jre-headless", "22.0.1-1", *java.files)
    assert not ended("2026-01-01", java, package, distribution=Distribution("debian", "13"))


def test_where_no_cycle_is_alive_none_is_named() -> None:
    (found,) = ended("2026-01-01", runtime("go", "1.20.1"))
    assert found.action == "move to a release of go that is supported"


def test_a_distributions_own_runtime_is_its_business() -> None:
    assert not findings("2026-01-01", "usr/lib/python3.8/os.py")


def test_a_cycle_that_a_feed_writes_without_its_zero_is_found() -> None:
    lifecycle = Lifecycle(runtimes={"dotnet": {"6": "2024-11-12", "8": "2027-01-01"}})
    dotnet = runtime("dotnet", "8.0.1")
    image = layer(1, dotnet.files, claims=[dotnet])
    (found,) = detect(Runtimes, image, knowledge=Knowledge(date(2027, 1, 1), lifecycle=lifecycle))
    assert found.title == "dotnet 8.0 is out of support since 2027-01-01"


@pytest.mark.parametrize(
    ("name", "version", "ends"),
    [
        ("python", "2.6.1", "python 2.6 is out of support since 2020-01-01"),
        ("node", "9.1.0", "nodejs 9 is out of support since 2023-04-30"),
        ("node", "99.1.0", None),
        ("perl", "5.39.1", None),
    ],
)
def test_a_cycle_that_no_table_lists_ended_before_a_newer_one(
    name: str, version: str, ends: str | None
) -> None:
    found = ended("2026-01-01", runtime(name, version))
    assert [finding.title.removesuffix(" at the latest") for finding in found] == ([ends] if ends else [])


def test_every_runtime_is_in_the_shipped_table() -> None:
    runtimes = shipped_table().of_kind("runtime")
    assert runtimes.keys() == {runtime.name for runtime in RUNTIMES}
    assert all(set(runtime.names.values()) <= runtimes[runtime.name].cycles.keys() for runtime in RUNTIMES)
