from __future__ import annotations

from pathlib import Path

from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.lifecycle import Lifecycle
from praxi_tasks.findings.feeds.mirror import end_of_life_sources
from praxi_tasks.findings.feeds.release_cycles import shipped_table

DEBIAN = (
    "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
    "11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30\n"
    "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30\n"
    "13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09\n"
    ",Sid,sid,1993-08-16\n"
)
CYCLES = (
    b'[{"cycle": "8", "eol": "2027-01-01"}, {"cycle": 6, "eol": "2024-11-12"}, {"cycle": "9", "eol": false}]'
)


def test_a_feed_replaces_a_products_cycles(tmp_path: Path) -> None:
    (tmp_path / "end-of-life").mkdir()
    (tmp_path / "end-of-life/dotnet.json").write_bytes(CYCLES)
    (tmp_path / "end-of-life/alpine.json").write_bytes(CYCLES)
    loaded = Lifecycle.load(FolderFeeds(tmp_path), FolderFeeds(tmp_path / "none"))
    assert loaded.runtimes["dotnet"] == {"6": "2024-11-12", "8": "2027-01-01"}
    assert loaded.runtimes["python"] == shipped_table().products["python"].cycles
    assert [*loaded.distributions["alpine"]] == ["6", "8"]
    assert loaded.as_of == shipped_table().as_of


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
