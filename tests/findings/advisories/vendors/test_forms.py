from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.feeds import feeds as command
from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.vendors import check_vendor_feed
from praxi_tasks.findings.advisories.vendors.content import SETTING
from praxi_tasks.findings.assessment import Assessor
from praxi_tasks.findings.coverage import Aspect, Coverage
from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.image.fusion import FusedImage, fuse
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.advisories.vendors.updates import package, update, updateinfo
from tests.findings.images import layer

NAME = "advisories/amzn-2023/updateinfo.xml"
NOTICE = update("ALAS-1", package("openssl", "3.0.8", "2", "1"), references=[("cve", "CVE-2026-0001", "")])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>not found</body></html>",
        b"<updates/>",
        b"[1]",
        b"plain",
        b'{"a": ',
        b"\x1f\x8b broken",
        gzip.compress(updateinfo(NOTICE))[:-9],
        b'{"packages": {}}',
        b'{"document": 1}',
    ],
)
def test_what_is_no_feed_is_refused_and_named(data: bytes) -> None:
    with pytest.raises(DataError) as caught:
        check_vendor_feed(data, NAME)
    assert caught.value.where == NAME


def test_a_feed_that_inflates_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "1000")
    with pytest.raises(DataError, match=SETTING):
        check_vendor_feed(gzip.compress(updateinfo(NOTICE) + b" " * 10_000), NAME)


def mirror(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        command, ["--store", str(folder / "store"), "--osv", str(folder / "none"), *arguments]
    )
    return done.exit_code, done.output


def image(distribution: Distribution) -> FusedImage:
    claim = Claim("rpm", "openssl", "1:3.0.8-1", "var/lib/rpm/rpmdb.sqlite", source="openssl")
    return fuse([layer(1, claims=[claim], distribution=distribution)])


def told(assessor: Assessor, distribution: Distribution) -> Coverage:
    lines = assessor.examine(image(distribution))[1]
    return next(line for line in lines if line.aspect is Aspect.VULNERABILITIES)


def test_a_release_is_checked_against_the_feed_that_was_named_for_it(tmp_path: Path) -> None:
    (tmp_path / "repodata").mkdir()
    (tmp_path / "repodata" / "1-updateinfo.xml.gz").write_bytes(gzip.compress(updateinfo(NOTICE)))
    (tmp_path / "repodata" / "repomd.xml").write_text(
        '<repomd xmlns="r"><data type="primary"><location href="repodata/p.xml"/></data>'
        '<data type="updateinfo"><location href="repodata/1-updateinfo.xml.gz"/></data></repomd>'
    )
    url = (tmp_path / "repodata" / "repomd.xml").as_uri()
    code, output = mirror(tmp_path, "--ecosystem", "Debian", "--advisories", f"amzn-2023={url}")
    assert "fetched    advisories/amzn-2023/" in output
    feeds = FolderFeeds(tmp_path / "store" / "feeds")
    assessor = Assessor.load(feeds, date.today())  # noqa: DTZ011 - the mirror's clock is the machine's
    amazon, fedora = Distribution("amzn", "2023"), Distribution("fedora", "42")
    (finding,) = assessor.examine(image(amazon))[0]
    assert (finding.id, finding.severity, finding.fixed) == ("CVE-2026-0001", "high", ("1:3.0.8-2",))
    line = told(assessor, amazon)
    assert line.state == "checked"
    assert line.reason.startswith("1 packages, by the advisories of amzn-2023/")
    assert line.reason.endswith("repomd.xml, 0 days old")
    gap = told(assessor, fedora)
    assert (gap.state, gap.reason) == ("not-checked", "1 packages: no feed has advisories for fedora-42")
    assert gap.action == "mirror its vendor's advisories: praxi feeds --advisories fedora-42=URL"
    assert code, "OSV's archive was never there"


def test_a_broken_feed_keeps_the_earlier_copy_and_is_a_gap(tmp_path: Path) -> None:
    file = tmp_path / "updateinfo.xml"
    file.write_bytes(updateinfo(NOTICE))
    mirror(tmp_path, "--advisories", f"amzn-2023={file}")
    file.write_bytes(updateinfo(NOTICE)[:-30])
    assert "kept       advisories/amzn-2023/" in mirror(tmp_path, "--advisories", f"amzn-2023={file}")[1]
    folder = tmp_path / "store" / "feeds"
    (kept,) = (folder / "advisories" / "amzn-2023").iterdir()
    kept.write_bytes(updateinfo(NOTICE, NOTICE)[:-30])
    assessor = Assessor.load(FolderFeeds(folder), date(2026, 11, 24))
    line = told(assessor, Distribution("amzn", "2023"))
    assert line.state == "partial"
    assert "line 3" in line.reason
    broken = [one for one in assessor.about_audit() if one.id == "PRAXI-FEED-BROKEN"]
    assert [one.severity for one in broken] == ["critical"]


@pytest.mark.parametrize("named", ["amzn=u", "=u", "amzn-2023", "debian-nowhere=u"])
def test_what_names_no_release_is_refused(tmp_path: Path, named: str) -> None:
    code, output = mirror(tmp_path, "--advisories", named)
    assert code == 2
    assert "--advisories" in output
