from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors import Knowledge
from praxi_tasks.findings.detectors.outdated import Outdated
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.release_lists import ReleaseLists
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.inventory import Claim
from tests.findings.detectors.detect import detect
from tests.findings.images import layer, pypi, seen

LISTS = {
    "Flask": {
        "1.0": "2020-01-01",
        "1.1": "2020-03-01",
        "2.0": "2022-06-01",
        "3.0rc1": "2022-07-01",
        "3.0": "2026-01-01",
    }
}


@pytest.fixture
def lists(tmp_path: Path) -> ReleaseLists:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases/pypi.json").write_text(json.dumps(LISTS))
    return ReleaseLists.load(FolderFeeds(tmp_path))


def found(lists: ReleaseLists, version: str, at: str) -> list[Finding]:
    return outdated(lists, at, layer(1, claims=[pypi("flask", version)]))


def outdated(lists: ReleaseLists, at: str, image: LayerFacts) -> list[Finding]:
    return detect(Outdated, image, knowledge=Knowledge(date.fromisoformat(at), releases=lists))


def test_versions_and_days_behind(lists: ReleaseLists) -> None:
    (finding,) = found(lists, "1.0", "2022-12-31")
    assert finding.title == "flask 1.0 is 2 versions and 882 days behind 2.0"
    assert (finding.fixed, finding.severity) == (("2.0",), "medium")


def test_only_releases_of_that_day_count(lists: ReleaseLists) -> None:
    assert not found(lists, "2.0", "2025-12-31")
    assert found(lists, "2.0", "2026-01-01")[0].fixed == ("3.0",)


def test_a_version_no_index_lists_is_behind_without_days(lists: ReleaseLists) -> None:
    (finding,) = found(lists, "1.0.5", "2022-12-31")
    assert finding.title == "flask 1.0.5 is 2 versions behind 2.0"
    assert finding.severity == "info"


def test_the_newest_of_a_tie_counts(lists: ReleaseLists) -> None:
    tie = layer(1, ["a"], releases=[seen("pypi", "flask", ["1.0", "2.0"], "a")])
    assert not outdated(lists, "2025-01-01", tie)


@pytest.mark.parametrize("version", ["not a version", "9.9"])
def test_what_is_current_or_unreadable_is_silent(lists: ReleaseLists, version: str) -> None:
    assert not found(lists, version, "2026-12-31")


def test_what_another_package_brought_and_what_lies_in_an_archive_is_not_outdated(
    lists: ReleaseLists,
) -> None:
    vendored = "usr/lib/python3/dist-packages/pip/_vendor/vendor.txt"
    copy = Claim("pypi", "flask", "1.0", vendored, relation="vendored")
    pip = pypi("pip", "24.0", "pip/_vendor/vendor.txt")
    assert not outdated(lists, "2022-12-31", layer(1, pip.files, claims=[pip, copy]))
    assert outdated(lists, "2022-12-31", layer(1, [vendored], claims=[copy]))
    wheel = Claim("pypi", "flask", "1.0", "srv/f.whl", files=("srv/f.whl",), relation="archived")
    assert not outdated(lists, "2022-12-31", layer(1, wheel.files, claims=[wheel]))
