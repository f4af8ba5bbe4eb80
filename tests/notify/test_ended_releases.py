"""The alert about a release that is out of support: one for all images that have it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from praxi_tasks.findings import Finding, parse_policy
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Carried
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.notify.finding_alerts import ALERTNAME
from praxi_tasks.notify.release_alerts import ENDED
from tests.findings.assessment.test_grouping import BULLSEYE, BUSTER, FLAW

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
POLICY = parse_policy(b"routes: [{namespaces: ['shop*'], team: shop}]")
BEFORE = "2026-11-19T00:00:00+00:00"


def image(name: str, *findings: Finding, namespace: str = "shop", cluster: str = "") -> AssessedImage:
    return AssessedImage(name, namespaces=(namespace,), findings=findings, cluster=cluster)


def audit(*images: AssessedImage, **fields: object) -> AssessedAudit:
    made = AssessedAudit("r", "2026-11-20T00:00:00+00:00", "", "m", images, before=BEFORE)
    return msgspec.structs.replace(made, **fields)


def posted(about: AssessedAudit, *active: Alert) -> list[Alert]:
    return alert_changes(about, POLICY, active, "test", NOW)


def ended(alerts: list[Alert]) -> list[Alert]:
    return [alert for alert in alerts if datetime.fromisoformat(alert.ends_at) <= NOW]


def test_one_alert_for_all_images_of_a_team() -> None:
    images = [image(f"web{number}:1", BUSTER) for number in range(30)]
    (alert,) = posted(audit(*images, image("old:1", BULLSEYE)))
    assert alert.labels == {
        "alertname": ENDED, "praxi": "test", "release": "debian 10", "package": "distribution/debian",
        "team": "shop", "severity": "high",
    }  # fmt: skip
    assert alert.annotations["summary"] == "Debian 10 is out of support since 2022-09-10: in 30 images"
    assert alert.annotations["description"].endswith("web19:1 and 10 more")


def test_teams_and_clusters_are_told_apart_and_releases_too() -> None:
    milder = msgspec.structs.replace(BULLSEYE, severity="medium")
    images = (
        image("a:1", BUSTER), image("b:1", BUSTER, namespace="bank"), image("c:1", BUSTER, cluster="eu"),
        image("d:1", milder),
    )  # fmt: skip
    found = {
        (one.labels["release"], one.labels.get("team", ""), one.labels.get("cluster", ""))
        for one in posted(audit(*images))
    }
    assert found == {
        ("debian 10", "shop", ""), ("debian 10", "", ""), ("debian 10", "shop", "eu"),
        ("debian 11", "shop", ""),
    }  # fmt: skip


def test_it_is_no_part_of_the_alerts_about_images() -> None:
    names = [alert.labels["alertname"] for alert in posted(audit(image("a:1", BUSTER, FLAW)))]
    assert sorted(names) == sorted([ENDED, ALERTNAME])


def test_the_same_is_no_news_also_with_another_image() -> None:
    (first,) = posted(audit(image("a:1", BUSTER)))
    (again,) = posted(audit(image("a:1", BUSTER), image("b:1", BUSTER)), first)
    assert again.labels == first.labels
    assert not ended([again])


def test_it_ends_when_no_image_has_it_and_it_was_looked_for() -> None:
    (first,) = posted(audit(image("a:1", BUSTER)))
    (last,) = posted(audit(image("a:1")), first)
    assert ended([last]) == [last]
    unseen = Carried("a:1", BUSTER.key, BUSTER.since, "high", "the image could not be audited")
    assert not ended(posted(audit(image("a:1"), carried=(unseen,)), first))
    assert not ended(posted(audit(image("a:1"), before=""), first))
    elsewhere = Carried("eu|a:1", BUSTER.key, BUSTER.since, "high", "x")
    assert len(ended(posted(audit(image("a:1"), carried=(elsewhere,)), first))) == 1


def test_a_graver_end_rings_anew_and_the_milder_one_is_over() -> None:
    mild = msgspec.structs.replace(BUSTER, severity="medium")
    (first,) = posted(audit(image("a:1", mild)))
    graver, milder = posted(audit(image("a:1", BUSTER)), first)
    assert (graver.labels["severity"], ended([graver, milder])) == ("high", [milder])
    late = msgspec.structs.replace(BUSTER, overdue=True, due="2026-11-10")
    overdue, before = posted(audit(image("a:1", late)), graver)
    assert (overdue.labels["overdue"], ended([overdue, before])) == ("yes", [before])


def test_an_alert_names_what_to_do_of_each_package_and_whose_layer_it_is() -> None:
    advice = [
        msgspec.structs.replace(
            FLAW, purl=f"pkg:pypi/flask@{version}", action=f"upgrade to {version}.9", origin="base",
            created_by="RUN pip install flask", since=BEFORE,
        )
        for version in ("1", "2")
    ]  # fmt: skip
    (alert,) = posted(audit(image("a:1", *advice)))
    assert alert.annotations["description"] == (
        "CVE-1 of flask 1: upgrade to 1.9 (brought in by the base image with: RUN pip install flask); "
        "CVE-1 of flask 2: upgrade to 2.9 (brought in by the base image with: RUN pip install flask)"
    )
