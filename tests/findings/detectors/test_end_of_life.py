from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.coverage import Coverage, CoverageState
from praxi_tasks.findings.detectors import Knowledge
from praxi_tasks.findings.detectors.end_of_life import EndOfLife
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.lifecycle import Lifecycle
from praxi_tasks.findings.image import fuse
from praxi_tasks.inventory import Distribution
from tests.findings.detectors.detect import detect
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


def findings(lifecycle: Lifecycle, distribution: Distribution, at: str, *names: str) -> list[Finding]:
    knowledge = Knowledge(date.fromisoformat(at), lifecycle=lifecycle)
    claims = [deb(name, "1") for name in names]
    return detect(EndOfLife, layer(1, claims=claims, distribution=distribution), knowledge=knowledge)


@pytest.mark.parametrize(
    ("release", "at", "severity"),
    [
        ("11", "2024-08-13", None),
        ("11", "2024-08-14", "low"),
        ("11", "2026-08-31", "high"),
        ("12", "2026-06-09", None),
        ("13", "2028-08-09", "high"),
        ("10", "2026-08-31", "high"),
        ("4.0", "2026-08-31", "high"),
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
    assert (found.purl, found.evidence) == ("pkg:generic/alpine@3.18", ("etc/os-release",))
    assert found.title == "Alpine Linux 3.18 is out of support since 2025-05-09"


@pytest.mark.parametrize(
    ("identifier", "release"),
    [
        ("alpine", "3.2.1"),
        ("ubuntu", "10.04"),
        ("debian", "5"),
        ("centos", "4"),
        ("rhel", "3.9"),
        ("fedora", "20"),
        ("amzn", "2014.09"),
        ("ol", "4.8"),
        ("opensuse", "11.4"),
        ("sles", "11.1"),
    ],
)
def test_a_release_older_than_the_table_is_out_of_support(
    lifecycle: Lifecycle, identifier: str, release: str
) -> None:
    (found,) = findings(lifecycle, Distribution(identifier, release), "2026-11-28")
    assert found.severity == "high"
    assert "at the latest" in found.title


@pytest.mark.parametrize(
    ("identifier", "release", "ends"),
    [
        ("rhel", "6.10", "2020-11-30"),
        ("rhel", "8.10", ""),
        ("rhel", "11.0", ""),
        ("ubi", "8", ""),
        ("amzn", "2018.03", "2023-12-31"),
        ("amzn", "2023", ""),
        ("opensuse-leap", "15.5", "2024-12-31"),
        ("opensuse-leap", "16.1", ""),
        ("opensuse", "42.3", "2019-07-01"),
        ("sles", "15", "2019-12-31"),
        ("sles", "15.7", ""),
        ("sles", "15.8", ""),
        ("fedora", "41", "2025-12-15"),
        ("fedora", "44", ""),
        ("scientific", "6.10", "2020-11-30"),
    ],
)
def test_releases_of_enterprise_distributions_end(
    lifecycle: Lifecycle, identifier: str, release: str, ends: str
) -> None:
    found = findings(lifecycle, Distribution(identifier, release), "2026-11-28")
    assert [ends in one.title for one in found] == ([True] if ends else [])


def test_packages_debian_gave_up_are_named_from_that_day_on(lifecycle: Lifecycle) -> None:
    bookworm = Distribution("debian", "12")
    (found,) = findings(lifecycle, bookworm, "2025-03-22", "php-horde-core", "later", "bash")
    assert found.package == "deb/php-horde-core"
    assert found.action == "incompatible with PHP 8"
    assert not findings(lifecycle, bookworm, "2025-03-21", "php-horde-core")
    assert not findings(lifecycle, Distribution("debian", "13"), "2025-03-22", "php-horde-core")


def test_the_binary_packages_of_a_source_package_end_together(lifecycle: Lifecycle) -> None:
    claims = [deb(name, "1", source="php-horde-core") for name in ("horde-a", "horde-b")]
    image = layer(1, claims=claims, distribution=Distribution("debian", "12"))
    (found,) = detect(EndOfLife, image, knowledge=Knowledge(date(2025, 4, 1), lifecycle=lifecycle))
    assert found.package == "deb/php-horde-core"
    assert [each.package for each in found.packages] == ["deb/horde-a", "deb/horde-b"]


def test_a_release_is_of_the_layer_that_brought_it_in(lifecycle: Lifecycle) -> None:
    old, new = Distribution("debian", "10"), Distribution("debian", "11")
    layers = [layer(number, distribution=one) for number, one in enumerate((old, new, None, new), 1)]
    (found,) = detect(EndOfLife, *layers, knowledge=Knowledge(date(2027, 1, 1), lifecycle=lifecycle))
    assert found.layer == f"sha256:{2:064x}"


def test_debian_is_known_without_any_feed(tmp_path: Path) -> None:
    bare = Lifecycle.load(FolderFeeds(tmp_path), FolderFeeds(tmp_path))
    (found,) = findings(bare, Distribution("debian", "11"), "2025-01-01")
    assert "long-term support is left, until 2026-08-31" in found.title


MINT = Distribution("linuxmint", "21.3", "virginia", like=("ubuntu", "debian"), base_codename="jammy")


@pytest.mark.parametrize(
    ("distribution", "at", "title"),
    [
        (Distribution("raspbian", "11"), "2024-08-14", "raspbian 11 is built on debian 11, which is out"),
        (Distribution("debian", codename="bookworm"), "2026-06-10", "is out of support since 2026-06-10"),
        (MINT, "2027-06-01", "linuxmint 21.3 is built on ubuntu 22.04, which is out of support"),
    ],
)
def test_a_distribution_ends_with_the_one_it_is_built_on(
    lifecycle: Lifecycle, distribution: Distribution, at: str, title: str
) -> None:
    (found,) = findings(lifecycle, distribution, at)
    assert title in found.title
    assert found.package == f"distribution/{distribution.id}"
    assert coverage(lifecycle, distribution, at).state is CoverageState.CHECKED


def test_a_base_that_is_alive_does_not_vouch_for_what_is_built_on_it(lifecycle: Lifecycle) -> None:
    assert not findings(lifecycle, MINT, "2026-01-01")
    gap = coverage(lifecycle, MINT, "2026-01-01")
    assert gap.state is CoverageState.PARTIAL
    assert "that of its base ubuntu 22.04 does on 2027-06-01" in gap.reason


def test_packages_that_debian_gave_up_are_so_in_what_is_built_on_it(lifecycle: Lifecycle) -> None:
    raspbian = Distribution("raspbian", "12")
    found = findings(lifecycle, raspbian, "2026-01-01", "php-horde-imp")
    assert [item.package for item in found] == ["deb/php-horde-imp"]


def coverage(lifecycle: Lifecycle, distribution: Distribution, at: str) -> Coverage:
    knowledge = Knowledge(date.fromisoformat(at), lifecycle=lifecycle)
    (found,) = EndOfLife(knowledge).coverage(fuse([layer(1, distribution=distribution)]))
    return found
