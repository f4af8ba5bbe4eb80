from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.findings.components import fuse
from praxi_tasks.findings.feeds import FolderFeeds
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.lifecycle import Lifecycle
from praxi_tasks.findings.lifecycle_feeds import read_distro_info, read_support_ended
from praxi_tasks.findings.lifecycle_tables import RUNTIMES
from praxi_tasks.fingerprint.inventory import Distribution
from tests.findings.images import deb, layer

DEBIAN = (
    "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
    "11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30\n"
    "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30\n"
    "13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09\n"
    ",Sid,sid,1993-08-16\n"
)
ENDED = "# comment\n\nphp-horde.*\t0\t\t2025-03-22\tincompatible with PHP 8\nlater\t1-1\t2099-01-01\n"


@pytest.fixture
def lifecycle(tmp_path: Path) -> Lifecycle:
    (tmp_path / "distro-info").mkdir()
    (tmp_path / "distro-info/debian.csv").write_text(DEBIAN)
    (tmp_path / "debian-security-support").mkdir()
    (tmp_path / "debian-security-support/security-support-ended.deb12").write_text(ENDED)
    return Lifecycle.load(FolderFeeds(tmp_path), FolderFeeds(tmp_path / "none"))


def findings(
    lifecycle: Lifecycle, distribution: Distribution, at: str, *names: str, files: tuple[str, ...] = ()
) -> list[Finding]:
    image = fuse([layer(1, files, claims=[deb(name, "1") for name in names], distribution=distribution)])
    return list(lifecycle.findings(image, date.fromisoformat(at)))


@pytest.mark.parametrize(
    ("release", "at", "severity"),
    [
        ("11", "2024-08-13", None),
        ("11", "2024-08-14", "medium"),
        ("11", "2026-08-31", "high"),
        ("12", "2026-06-09", None),
        ("13", "2028-08-09", "high"),
        ("99", "2028-08-09", None),
        ("", "2028-08-09", None),
    ],
)
def test_a_distribution_ends_in_two_steps(
    lifecycle: Lifecycle, release: str, at: str, severity: str | None
) -> None:
    found = findings(lifecycle, Distribution("debian", release), at)
    assert [item.severity for item in found] == ([severity] if severity else [])


def test_the_finding_names_release_and_file(lifecycle: Lifecycle) -> None:
    (found,) = findings(lifecycle, Distribution("alpine", "3.18.4", name="Alpine Linux"), "2026-01-01")
    assert (found.purl, found.evidence) == ("pkg:generic/alpine@3.18.4", ("etc/os-release",))
    assert "2025-05-09" in found.title


def test_packages_debian_gave_up_are_named_from_that_day_on(lifecycle: Lifecycle) -> None:
    bookworm = Distribution("debian", "12")
    (found,) = findings(lifecycle, bookworm, "2025-03-22", "php-horde-core", "later", "bash")
    assert found.package == "deb/php-horde-core"
    assert found.action == "incompatible with PHP 8"
    assert not findings(lifecycle, bookworm, "2025-03-21", "php-horde-core")
    assert not findings(lifecycle, Distribution("debian", "13"), "2025-03-22", "php-horde-core")


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
def test_runtimes_outside_the_distribution(lifecycle: Lifecycle, path: str, called: str) -> None:
    (found,) = findings(lifecycle, Distribution("x"), "2026-01-01", files=(path,))
    assert found.title.startswith(f"{called} is out of support")
    assert found.evidence == (path,)
    assert not findings(lifecycle, Distribution("x"), "2018-01-01", files=(path,))


def test_a_distributions_own_runtime_is_its_business(lifecycle: Lifecycle) -> None:
    assert not findings(lifecycle, Distribution("x"), "2026-01-01", files=("usr/lib/python3.8/os.py",))


def test_runtime_tables_are_in_order() -> None:
    for runtime in RUNTIMES:
        assert all(date.fromisoformat(day) for day in runtime.cycles.values())
        assert set(runtime.names.values()) <= set(runtime.cycles)


def test_the_system_stands_in_for_a_missing_feed(tmp_path: Path) -> None:
    (tmp_path / "distro-info").mkdir()
    (tmp_path / "distro-info/debian.csv").write_text(DEBIAN)
    loaded = Lifecycle.load(FolderFeeds(tmp_path / "none"), FolderFeeds(tmp_path))
    assert "11" in loaded.distributions["debian"]


def test_a_broken_table_is_a_problem_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / "distro-info").mkdir()
    (tmp_path / "distro-info/debian.csv").write_text("a,b\n1,2\n")
    loaded = Lifecycle.load(FolderFeeds(tmp_path), FolderFeeds(tmp_path / "none"))
    assert loaded.problems[0].name == "distro-info/debian.csv"
    assert "3.18" in loaded.distributions["alpine"]


@pytest.mark.parametrize("data", [b"version,eol\n1,tomorrow\n", b"\xff\xfe", b"eol\n2020-01-01\n"])
def test_what_is_no_distro_info_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        read_distro_info(data, "x")


@pytest.mark.parametrize("data", [b"a 1\n", b"( 1 2020-01-01\n", b"a 1 someday\n", b"\xff"])
def test_what_is_no_list_of_ended_support_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        read_support_ended(data, "x")
