from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from praxi_tasks.findings import parse_policy
from praxi_tasks.findings.assessment.assessor import Assessor
from praxi_tasks.findings.coverage import Aspect, gaps
from praxi_tasks.findings.detectors import DETECTORS
from praxi_tasks.findings.detectors.outdated import Outdated
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.release_cycles import shipped_table
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.image.fusion import FusedImage, fuse
from tests.findings.images import layer, pypi, seen
from tests.findings.osv import archive, record, write_feeds

RANGE = ({"introduced": "0"}, {"fixed": "2.0"})
DAY = date(2026, 11, 24)


def test_one_image_gets_every_kind_the_gravest_first(tmp_path: Path) -> None:
    feeds = FolderFeeds(
        write_feeds(
            tmp_path, PyPI=[record("PYSEC-1", "flask", *RANGE, database_specific={"severity": "HIGH"})]
        )
    )
    flask = pypi("flask", "1.0", "flask/app.py")
    image = fuse(
        [
            layer(
                1, [*flask.files, "opt/x"], claims=[flask], releases=[seen("pypi", "rich", ["13"], "opt/x")]
            ),
            layer(2, whiteouts=flask.files[1:]),
        ]
    )
    found = Assessor.load(feeds, DAY).examine(image)[0]
    assert [item.kind for item in found] == ["database-removed", "vulnerable", "hidden"]


def test_a_fresh_feed_is_silent_and_an_old_one_is_a_finding(tmp_path: Path) -> None:
    feeds = FolderFeeds(write_feeds(tmp_path, PyPI=[record("PYSEC-1", "flask", *RANGE)]))
    fresh = Assessor.load(feeds, DAY)
    assert fresh.feeds is not None
    assert fresh.feeds[0].age_days == 4
    assert not fresh.about_audit()
    (stale,) = Assessor.load(feeds, DAY, parse_policy(b"stale_feed_days: 4")).about_audit()
    assert (stale.kind, stale.id) == ("feed", "PRAXI-FEED-STALE")


def test_the_shipped_table_says_when_it_is_old(tmp_path: Path) -> None:
    feeds = FolderFeeds(write_feeds(tmp_path, PyPI=[record("PYSEC-1", "flask", *RANGE)]))
    old = date.fromisoformat(shipped_table().as_of) + timedelta(days=365)
    policy = parse_policy(b"stale_feed_days: 9999")
    assert not Assessor.load(feeds, old - timedelta(days=1), policy).about_audit()
    (stale,) = Assessor.load(feeds, old, policy).about_audit()
    assert (stale.id, stale.package) == ("PRAXI-FEED-STALE", "feed/shipped table of ends of life")


def test_every_mirrored_file_has_an_age(tmp_path: Path) -> None:
    write_feeds(tmp_path, PyPI=[record("PYSEC-1", "flask", *RANGE)])
    note = {"osv/PyPI/all.zip": "2026-11-23T01:00:00Z", "releases/pypi.json": "2026-11-01T01:00:00Z"}
    told = {name: {"fetched": day, "url": "file:///x", "sha256": ""} for name, day in note.items()}
    (tmp_path / "feeds.json").write_text(json.dumps(told))
    (stale,) = Assessor.load(FolderFeeds(tmp_path), DAY).about_audit()
    assert stale.title.startswith("releases/pypi.json: 23 days old")


def test_a_mirrored_feed_is_as_old_as_its_last_fetch(tmp_path: Path) -> None:
    write_feeds(tmp_path, PyPI=[record("PYSEC-1", "flask", *RANGE)])
    note = {"osv/PyPI/all.zip": {"fetched": "2026-11-23T01:00:00Z", "url": "file:///x", "sha256": ""}}
    (tmp_path / "feeds.json").write_text(json.dumps(note))
    feeds = Assessor.load(FolderFeeds(tmp_path), DAY).feeds
    assert feeds is not None
    assert feeds[0].age_days == 1


def test_broken_feeds_are_findings_and_the_audit_goes_on(tmp_path: Path) -> None:
    write_feeds(tmp_path, PyPI=[record("PYSEC-1", "flask", *RANGE)], npm=[])
    (tmp_path / "osv/npm/all.zip").write_bytes(archive(record("N-1", "x", *RANGE))[:40])
    (tmp_path / "kev").mkdir()
    (tmp_path / "kev/known_exploited_vulnerabilities.json").write_text("<html>")
    assessor = Assessor.load(FolderFeeds(tmp_path), DAY)
    broken = [item for item in assessor.about_audit() if item.id == "PRAXI-FEED-BROKEN"]
    assert {item.package for item in broken} == {
        "feed/osv/npm/all.zip",
        "feed/kev/known_exploited_vulnerabilities.json",
    }
    flask = pypi("flask", "1.0", "flask/app.py")
    assert [f.kind for f in assessor.examine(fuse([layer(1, flask.files, claims=[flask])]))[0]] == [
        "vulnerable"
    ]


def test_findings_of_a_kind_have_a_limit_which_the_coverage_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record(f"PYSEC-{number}", "flask", *RANGE) for number in range(5)]
    assessor = Assessor.load(FolderFeeds(write_feeds(tmp_path, PyPI=records)), DAY)
    image = fuse([layer(1, claims=[pypi("flask", "1.0", "flask/app.py")])])
    monkeypatch.setenv("PRAXI_IMAGE_MAX_FINDINGS", "3")
    found, coverage = assessor.examine(image)
    assert [finding.kind for finding in found].count("vulnerable") == 3
    (gap,) = [one for one in coverage if one.aspect is Aspect.VULNERABILITIES and "first 3" in one.reason]
    assert gap.is_gap
    assert "PRAXI_IMAGE_MAX_FINDINGS" in gap.action
    monkeypatch.setenv("PRAXI_IMAGE_MAX_FINDINGS", "1000")
    assert not [one for one in assessor.examine(image)[1] if "PRAXI_IMAGE_MAX_FINDINGS" in one.action]


class Failing(Outdated):
    """A detector that an image makes fail."""

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        raise MemoryError(len(image.components))


def test_a_detector_that_fails_costs_what_it_would_have_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record("PYSEC-1", "flask", *RANGE)]
    write_feeds(tmp_path, PyPI=records)
    image = fuse([layer(1, claims=[pypi("flask", "1.0", "flask/app.py")])])
    monkeypatch.setattr("praxi_tasks.findings.assessment.assessor.DETECTORS", (Failing, *DETECTORS[:1]))
    findings, coverage = Assessor.load(FolderFeeds(tmp_path), DAY).examine(image)
    assert "vulnerable" in {one.kind for one in findings}
    (gap,) = [one for one in gaps(coverage) if "MemoryError" in one.reason]
    assert (gap.aspect, gap.subject) == (Aspect.OUTDATED, "all")
