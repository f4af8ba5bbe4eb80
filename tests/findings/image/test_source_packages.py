from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment.assessor import Assessor
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.inventory import Distribution
from tests.findings.assessment.test_assessor import DAY
from tests.findings.feeds.test_distribution_packages import APKINDEX, alpine
from tests.findings.images import deb, layer, seen
from tests.findings.osv import record, write_feeds

BOOKWORM = Distribution("debian", "12", "bookworm")
PACKAGES = b"""Package: libssl3
Source: openssl
Version: 3.0.15-1

Package: libdevmapper1.02.1
Source: lvm2 (2.03.16-2)
Version: 2:1.02.185-2

"""


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    fixed = ({"introduced": "0"}, {"fixed": "3.0.13-1"})
    listed = [
        record("DEBIAN-CVE-2026-0001", "openssl", *fixed, ecosystem="Debian:12"),
        record(
            "DEBIAN-CVE-2026-0002", "lvm2", {"introduced": "0"}, {"fixed": "2.03.17-1"}, ecosystem="Debian:12"
        ),
    ]
    (tmp_path / "packages/debian-12").mkdir(parents=True)
    (tmp_path / "packages/debian-12/main").write_bytes(PACKAGES)
    return write_feeds(tmp_path, Debian=listed)


def found(feeds: Path, name: str, *versions: str) -> list[Finding]:
    files = ["usr/lib/x.so"]
    bare = [layer(1, files, releases=[seen("deb", name, versions, *files)], distribution=BOOKWORM)]
    assessor = Assessor.load(FolderFeeds(feeds), DAY)
    about = assessor.examine(assessor.complete(fuse(bare)))[0]
    return [item for item in about if item.kind in {"vulnerable", "outdated"}]


def test_a_package_told_by_its_files_is_matched_by_its_source(feeds: Path) -> None:
    kinds = {(item.kind, item.id, item.affected_if) for item in found(feeds, "libssl3", "3.0.11-1+b1")}
    assert kinds == {("vulnerable", "CVE-2026-0001", ""), ("outdated", "PRAXI-OUTDATED", "")}
    assert not found(feeds, "libssl3", "3.0.15-1")


def test_where_versions_tie_the_source_versions_do(feeds: Path) -> None:
    (finding,) = (
        item for item in found(feeds, "libssl3", "3.0.11-1", "3.0.14-1") if item.kind == "vulnerable"
    )
    assert finding.affected_if == "≤ 3.0.11-1"


def test_a_source_that_counts_by_itself_is_matched_by_its_own_version(feeds: Path) -> None:
    (finding,) = found(feeds, "libdevmapper1.02.1", "2:1.02.185-2")
    assert (finding.id, finding.affected_if) == ("CVE-2026-0002", "")
    (unsure, outdated) = found(feeds, "libdevmapper1.02.1", "2:1.02.180-1")
    assert (unsure.id, unsure.affected_if) == ("CVE-2026-0002", "< 2.03.17-1")
    assert outdated.kind == "outdated"


def test_alpine_files_by_origin(tmp_path: Path) -> None:
    fixed = ({"introduced": "0"}, {"fixed": "3.3.2-r1"})
    records = [record("ALPINE-CVE-2026-0001", "openssl", *fixed, ecosystem="Alpine:v3.20")]
    (tmp_path / "packages/alpine-3.20").mkdir(parents=True)
    (tmp_path / "packages/alpine-3.20/main").write_bytes(alpine(("APKINDEX", APKINDEX)))
    assessor = Assessor.load(FolderFeeds(write_feeds(tmp_path, Alpine=records)), DAY)
    told = seen("apk", "libssl3", ["3.3.2-r0"], "usr/lib/libssl.so.3")
    image = fuse([layer(1, told.evidence, releases=[told], distribution=Distribution("alpine", "3.20.3"))])
    about = assessor.examine(assessor.complete(image))[0]
    assert {"CVE-2026-0001", "PRAXI-OUTDATED"} <= {item.id for item in about}


def test_what_a_database_tells_stays(feeds: Path) -> None:
    claim = deb("libssl3", "3.0.11-1", "usr/lib/x.so", source="other")
    image = fuse([layer(1, claim.files, claims=[claim], distribution=BOOKWORM)])
    (component,) = Assessor.load(FolderFeeds(feeds), DAY).complete(image).components
    assert component.source == "other"
