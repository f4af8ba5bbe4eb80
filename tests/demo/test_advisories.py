"""The demonstration's images have real findings, also where OSV can't be reached."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from demo.advisories import ECOSYSTEMS, FIXED_SET, Advisories, fixed_archive
from demo.image_factory import REQUIREMENTS
from praxi_tasks.findings.advisories import AdvisoryIndex, load_index
from praxi_tasks.findings.feeds import FolderFeeds


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Advisories:
    folder = tmp_path_factory.mktemp("advisories")
    advisories = Advisories(folder / "store", osv=str(folder / "nowhere"))
    advisories.mirror()
    return advisories


@pytest.fixture(scope="module")
def index(offline: Advisories) -> AdvisoryIndex:
    return load_index(FolderFeeds(offline.store / "feeds"))


def installed() -> list[tuple[str, str]]:
    """Return what the images' requirements install, as names and versions."""
    lines = [
        line
        for file in REQUIREMENTS.glob("*.txt")
        if file.stem != "known"
        for line in file.read_text().split()
    ]
    return [(name, version) for name, _, version in (line.partition("==") for line in lines)]


def test_the_fixed_set_stands_in_and_is_told_as_such(offline: Advisories, index: AdvisoryIndex) -> None:
    assert index.problems == ()
    assert f"{len(FIXED_SET.read_text().splitlines())} public advisories" in offline.told
    found = {hit.advisory.id: hit.fixed for hit in index.find("pypi", "flask", "2.2.2")}
    assert found == {"CVE-2023-30861": ("2.2.5", "2.3.2")}
    assert index.find("pypi", "flask", "3.0.3") == ()


def test_every_advisory_of_the_set_is_about_something_installed(index: AdvisoryIndex) -> None:
    hits = {hit.advisory.id for name, version in installed() for hit in index.find("pypi", name, version)}
    assert len(hits) == len(FIXED_SET.read_text().splitlines())


def test_a_set_of_before_is_renewed_and_what_osv_gave_is_kept(tmp_path: Path) -> None:
    for ecosystem in ECOSYSTEMS:
        archive = tmp_path / "osv" / ecosystem / "all.zip"
        archive.parent.mkdir(parents=True)
        archive.write_bytes(fixed_archive())
        with zipfile.ZipFile(archive, "a") as opened:
            opened.comment = b""
    mirrored = Advisories(tmp_path / "store", osv=str(tmp_path / "osv"))
    mirrored.mirror()
    assert mirrored.told.startswith("OSV's")
    kept = (tmp_path / "store/feeds/osv/PyPI/all.zip").read_bytes()
    Advisories(tmp_path / "store", osv=str(tmp_path / "nowhere")).mirror()
    assert (tmp_path / "store/feeds/osv/PyPI/all.zip").read_bytes() == kept
