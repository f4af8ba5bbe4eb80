"""Each kind of thing that an audit can't see is told, and ends neither a finding nor an alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from praxi_tasks.findings import Finding, Policy
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, remember, with_changes
from praxi_tasks.findings.assessment.assessor import Assessor
from praxi_tasks.findings.coverage import Aspect, Coverage, not_checked
from praxi_tasks.findings.detectors import Knowledge
from praxi_tasks.findings.feeds import FeedHealth
from praxi_tasks.findings.image import LayerFacts, fuse
from praxi_tasks.findings.scope import ListGap, Scope
from praxi_tasks.inventory import Distribution, recorded_ecosystems
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.notify.list_alerts import IMPLAUSIBLE
from tests.findings.images import deb, layer, pypi
from tests.findings.osv import archive, index, record

AT = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAILY = Scope(kind="scheduled")
BOOKWORM = Distribution("debian", "12", "bookworm")
RANGE = ({"introduced": "0"}, {"fixed": "9"})
FLASK, SSL = pypi("flask", "1", "flask.py"), deb("libssl3", "3", "usr/lib/libssl.so.3", source="openssl")
OF_FLASK = Finding("vulnerable", "CVE-1", "t", "high", package="pypi/flask")
OF_SSL = Finding("vulnerable", "CVE-2", "t", "high", package="deb/libssl3")
OF_END = Finding("end-of-life", "PRAXI-END-OF-LIFE", "t", "high", package="distribution/debian")
OF_AGE = Finding("outdated", "PRAXI-OUTDATED", "t", "medium", package="pypi/flask")
FRESH = (FeedHealth("PyPI", 1, "", "", 1), FeedHealth("Debian", 1, "", "", 1))


def contents(distribution: Distribution | None = BOOKWORM, *problems: str) -> list[LayerFacts]:
    made = layer(1, [*FLASK.files, *SSL.files], claims=[FLASK, SSL], distribution=distribution)
    inventory = msgspec.structs.replace(made.inventory, problems=problems)
    return [LayerFacts(made.changes, inventory, made.prediction)]


def known(feeds: tuple[FeedHealth, ...] | None = FRESH, **files: Any) -> Knowledge:
    return Knowledge(AT, index(record("CVE-1", "flask", *RANGE), **files), feeds=feeds)


def debian(*feeds: FeedHealth) -> Knowledge:
    advisories = index(record("CVE-2", "openssl", *RANGE, ecosystem="Debian:12"), ecosystem="Debian")
    return Knowledge(AT, advisories, feeds=feeds or FRESH)


def coverage(layers: list[LayerFacts], knowledge: Knowledge) -> tuple[Coverage, ...]:
    return Assessor(knowledge).examine(fuse(layers))[1]


def recorded(problem: str) -> Finding:
    """Return a finding of a package that a database might have told of."""
    (ecosystem,) = recorded_ecosystems(problem.partition(":")[0])
    return Finding("vulnerable", "CVE-3", "t", "high", package=f"{ecosystem}/other")


DATABASES = {
    "rpm of SQLite": "var/lib/rpm/rpmdb.sqlite: the database is damaged",
    "rpm of Berkeley DB": "var/lib/rpm/Packages: a page is damaged",
    "rpm of ndb": "var/lib/rpm/Packages.db: a slot is damaged",
    "apk": "lib/apk/db/installed: a record has no name",
    "dpkg": "var/lib/dpkg/status: not UTF-8",
    "dpkg's list": "var/lib/dpkg/info/libssl3.list: above the cap",
    "distroless dpkg": "var/lib/dpkg/status.d/libssl3: a stanza is damaged",
    "npm": "app/node_modules/x/package.json: not JSON",
    "Python": "usr/lib/python3/dist-packages/x.dist-info/METADATA: no name",
    "an egg": "usr/lib/python3/dist-packages/x.egg-info: no version",
    "a cap on kept bytes": "var/lib/rpm/rpmdb.sqlite: left out, above the cap of kept bytes",
    "a cap on one file": "var/lib/dpkg/status: larger than what is kept of one file",
    "an unknown form": "var/lib/rpm/Packages: neither Berkeley DB nor SQLite",
    "a cut": "lib/apk/db/installed: ends in the middle of a record",
}
CONTENTS: dict[str, tuple[list[LayerFacts], Knowledge, Finding]] = {
    **{name: (contents(BOOKWORM, text), known(), recorded(text)) for name, text in DATABASES.items()},
    "no feeds": (contents(), known(None), OF_FLASK),
    "no feeds, a distribution": (contents(), known(None), OF_SSL),
    "no feeds, ages": (contents(), known(None), OF_AGE),
    "a missing feed of a language": (contents(), debian(), OF_FLASK),
    "a missing feed of a distribution": (contents(), known(), OF_SSL),
    "a broken feed of a language": (
        contents(),
        Knowledge(
            AT,
            index(
                record("CVE-2", "openssl", *RANGE, ecosystem="Debian:12"),
                ecosystem="Debian",
                **{"osv/PyPI/all.zip": archive(record("CVE-1", "flask", *RANGE))[:90]},
            ),
            feeds=FRESH,
        ),
        OF_FLASK,
    ),
    "a broken feed of a distribution": (contents(), known(FRESH, **{"osv/Debian/all.zip": b"PK"}), OF_SSL),
    "a stale feed of a language": (contents(), known((FeedHealth("PyPI", 1, "", "", 8),)), OF_FLASK),
    "a stale feed of a distribution": (contents(), debian(FeedHealth("Debian", 1, "", "", 30)), OF_SSL),
    "a feed of unknown age": (contents(), known((FeedHealth("PyPI", 1, "", "", -1),)), OF_FLASK),
    "a feed without lists of releases": (contents(), known(), OF_AGE),
    "a distribution without advisories": (contents(Distribution("void", "1", "")), known(), OF_SSL),
    "a release without advisories": (contents(Distribution("debian", "99", "")), debian(), OF_SSL),
    "sid without a number": (contents(Distribution("debian", "", "sid")), debian(), OF_SSL),
    "sid without an end": (contents(Distribution("debian", "", "sid")), debian(), OF_END),
    "a release without an end": (contents(Distribution("debian", "99", "")), debian(), OF_END),
    "no os-release": (contents(None), debian(), OF_SSL),
    "no os-release, no end": (contents(None), debian(), OF_END),
    "a distribution called as a language": (contents(Distribution("pypi", "", "")), debian(), OF_SSL),
    "a distribution called as a package": (contents(Distribution("pypi/x", "1", "")), debian(), OF_SSL),
}


def deployed(*findings: Finding, gaps: tuple[Coverage, ...] = (), state: str = "audited") -> AssessedImage:
    return AssessedImage(
        "shop/web:1", state=state, namespaces=("shop",), findings=findings, coverage=gaps,
        reason="the registry is down" if state == "failed" else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Days:
    """A day that saw a finding, and what the next made of it."""

    second: AssessedAudit
    fired: str
    posted: dict[str, bool]

    @classmethod
    def of(cls, finding: Finding, *images: AssessedImage, scope: Scope = DAILY) -> Days:
        """Audit twice and tell which alerts go on."""
        first = with_changes(_audit(1, (deployed(finding),), DAILY), None)
        firing = alert_changes(first, Policy(), (), "praxi", NOW)
        (alert,) = firing
        second = with_changes(_audit(2, images, scope), remember(first))
        changes = alert_changes(second, Policy(), firing, "praxi", NOW + timedelta(hours=1))
        later = NOW + timedelta(hours=2)
        ends = {one.labels["alertname"]: datetime.fromisoformat(one.ends_at) > later for one in changes}
        return cls(second, alert.labels["alertname"], ends)

    def assert_carried(self, finding: Finding) -> None:
        assert self.second.resolved == ()
        assert [one.key for one in self.second.carried] == [finding.key]
        assert self.second.carried[0].reason
        assert self.posted[self.fired], "the alert goes on"


def _audit(day: int, images: tuple[AssessedImage, ...], scope: Scope) -> AssessedAudit:
    return AssessedAudit(f"r{day}", f"2026-11-{day:02}T00:00:00+00:00", "", "m", images, scope=scope)


@pytest.mark.parametrize("name", CONTENTS)
def test_what_can_not_be_seen_in_an_image_is_told_and_ends_nothing(name: str) -> None:
    layers, knowledge, finding = CONTENTS[name]
    gaps = tuple(one for one in coverage(layers, knowledge) if one.is_gap)
    assert gaps
    assert all(gap.reason and gap.action for gap in gaps)
    Days.of(finding, deployed(gaps=gaps)).assert_carried(finding)


LISTS = {
    "an answer in part": "Thanos marked its answer as partial",
    "a silent exporter": "kube-state-metrics was silent for 300 minutes",
    "no exporter": "Prometheus holds nothing of kube-state-metrics",
    "no names": "1 containers have no image name in any label",
    "no scope": "the run has no scope.json",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_not_whole_is_told_and_ends_nothing(name: str) -> None:
    days = Days.of(OF_FLASK, scope=Scope(kind="scheduled", gaps=(ListGap(LISTS[name]),)))
    days.assert_carried(OF_FLASK)
    assert days.posted[IMPLAUSIBLE]
    told = [one for one in days.second.coverage if one.is_gap and LISTS[name] in one.reason]
    assert told
    assert all(one.action for one in told)


def test_an_image_that_failed_is_told_and_ends_nothing() -> None:
    Days.of(OF_FLASK, deployed(state="failed")).assert_carried(OF_FLASK)


def test_what_was_seen_to_be_gone_ends() -> None:
    for images in ((deployed(),), ()):
        days = Days.of(OF_FLASK, *images)
        assert [one.key for one in days.second.resolved] == [OF_FLASK.key]
        assert not days.posted[days.fired]


def test_a_history_that_is_lost_ends_no_alert_of_what_is_hidden_now() -> None:
    first = with_changes(_audit(1, (deployed(OF_FLASK),), DAILY), None)
    firing = alert_changes(first, Policy(), (), "praxi", NOW)
    damaged = not_checked(Aspect.DATABASES, "x.dist-info/METADATA", "it is damaged", "restore it", ["pypi"])
    unread = not_checked(
        Aspect.DATABASES, "var/lib/flatpak/app", "nobody reads it", "see flatpak", ["flatpak"]
    )

    def goes_on(*gaps: Coverage) -> bool:
        lost = with_changes(_audit(2, (deployed(gaps=gaps),), DAILY), None)
        (change,) = alert_changes(lost, Policy(), firing, "praxi", NOW + timedelta(hours=1))
        return datetime.fromisoformat(change.ends_at) > NOW + timedelta(hours=2)

    assert goes_on(damaged)
    assert not goes_on()
    assert not goes_on(unread)


@pytest.mark.parametrize(
    "text", ["var/lib/flatpak/app: nobody reads it", "var/lib/rpm/Packages: a page is damaged"]
)
def test_what_is_not_read_of_one_kind_says_nothing_about_another(text: str) -> None:
    layers, knowledge = contents(BOOKWORM, text), known()
    gaps = tuple(one for one in coverage(layers, knowledge) if one.aspect is Aspect.DATABASES and one.is_gap)
    days = Days.of(OF_FLASK, deployed(gaps=gaps))
    assert [one.key for one in days.second.resolved] == [OF_FLASK.key]
    assert not days.posted[days.fired]
