from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.findings.detectors.end_of_life import Lifecycle
from praxi_tasks.findings.detectors.runtimes import RUNTIMES
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.mirror import end_of_life_sources
from praxi_tasks.findings.feeds.release_cycles import read_cycles, shipped_table
from praxi_tasks.findings.feeds.support_dates import read_distro_info, read_support_ended
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.inventory import Distribution
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


def test_the_shipped_table_is_in_order() -> None:
    table = shipped_table()
    assert date.fromisoformat(table.as_of)
    assert all(product.source.startswith("https://") for product in table.products.values())
    assert all(
        date.fromisoformat(day) for product in table.products.values() for day in product.cycles.values()
    )
    assert all(product.extended.keys() <= product.cycles.keys() for product in table.products.values())
    runtimes = table.of_kind("runtime")
    assert runtimes.keys() == {runtime.name for runtime in RUNTIMES}
    assert all(set(runtime.names.values()) <= runtimes[runtime.name].cycles.keys() for runtime in RUNTIMES)


CYCLES = (
    b'[{"cycle": "8", "eol": "2027-01-01"}, {"cycle": 6, "eol": "2024-11-12"}, {"cycle": "9", "eol": false}]'
)


def test_debian_is_known_without_any_feed(tmp_path: Path) -> None:
    bare = Lifecycle.load(FolderFeeds(tmp_path), FolderFeeds(tmp_path))
    (found,) = findings(bare, Distribution("debian", "11"), "2025-01-01")
    assert "long-term support is left, until 2026-08-31" in found.title


def test_a_feed_replaces_a_products_cycles(tmp_path: Path) -> None:
    (tmp_path / "end-of-life").mkdir()
    (tmp_path / "end-of-life/dotnet.json").write_bytes(CYCLES)
    (tmp_path / "end-of-life/alpine.json").write_bytes(CYCLES)
    loaded = Lifecycle.load(FolderFeeds(tmp_path), FolderFeeds(tmp_path / "none"))
    assert loaded.runtimes["dotnet"] == {"6": "2024-11-12", "8": "2027-01-01"}
    assert loaded.runtimes["python"] == shipped_table().products["python"].cycles
    assert [*loaded.distributions["alpine"]] == ["6", "8"]
    assert loaded.as_of == shipped_table().as_of
    path = "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.Runtime.dll"
    (found,) = findings(loaded, Distribution("x"), "2027-01-01", files=(path,))
    assert found.title == "dotnet 8.0 is out of support since 2027-01-01"


def test_a_table_that_feeds_replace_whole_is_not_in_use(tmp_path: Path) -> None:
    (tmp_path / "end-of-life").mkdir()
    for name in end_of_life_sources("https://eol.example/api"):
        (tmp_path / name).write_bytes(CYCLES)
    (tmp_path / "distro-info").mkdir()
    for name in ("debian", "ubuntu"):
        (tmp_path / f"distro-info/{name}.csv").write_text(DEBIAN)
    assert not Lifecycle.load(FolderFeeds(tmp_path)).as_of
    (tmp_path / "end-of-life/ruby.json").write_bytes(CYCLES[:-5])
    broken = Lifecycle.load(FolderFeeds(tmp_path))
    assert (broken.as_of, broken.problems[0].name) == (shipped_table().as_of, "end-of-life/ruby.json")
    assert broken.runtimes["ruby"] == shipped_table().products["ruby"].cycles


def test_products_are_mirrored_by_the_names_the_site_has() -> None:
    sources = end_of_life_sources("https://eol.example/api/")
    assert sources["end-of-life/rocky.json"] == "https://eol.example/api/rocky-linux.json"
    assert sources["end-of-life/python.json"] == "https://eol.example/api/python.json"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'[{"cycle": "1", "eol": "soon"}]', b'[{"eol": "2020-01-01"}]']
)
def test_what_tells_no_cycles_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        read_cycles(data, "x")


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
