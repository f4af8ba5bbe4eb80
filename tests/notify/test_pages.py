"""Every alert and every line of a message leads to its page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec

from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.scope import ListGap, Scope
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.notify.changes import change_message
from praxi_tasks.notify.finding_alerts import ALERTNAME
from praxi_tasks.notify.links import PageLinks, verified
from praxi_tasks.notify.list_alerts import IMPLAUSIBLE
from praxi_tasks.notify.release_alerts import ENDED
from tests.findings.assessment.test_grouping import BUSTER, FLAW
from tests.notify.test_ended_releases import audit, image

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SITE = "https://airflow.example.org"
KEY = "k" * 32
LINKS = PageLinks(SITE, "namespace", [KEY], NOW + timedelta(7))
AUDIT = with_changes(
    audit(
        image("web:1", FLAW, BUSTER),
        image("worker:1", FLAW, namespace="bank"),
        scope=Scope(kind="scheduled", gaps=(ListGap("one node is silent", cluster="east"),)),
    ),
    None,
)


def pages(links: PageLinks) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for alert in alert_changes(AUDIT, Policy(), [], "test", NOW, links):
        found.setdefault(alert.labels["alertname"], set()).add(alert.annotations.get("page", ""))
    return found


def test_every_alert_has_the_link_to_its_page() -> None:
    found = pages(PageLinks(SITE))
    assert found[ALERTNAME] == {f"{SITE}/praxi/image?image=web%3A1", f"{SITE}/praxi/image?image=worker%3A1"}
    assert found[ENDED] == {f"{SITE}/praxi/image?image=web%3A1"}
    assert found[IMPLAUSIBLE] == {f"{SITE}/praxi/"}
    assert pages(PageLinks("")) == {name: {""} for name in (ALERTNAME, ENDED, IMPLAUSIBLE)}


def test_a_signed_link_shows_the_namespace_that_the_alert_is_about() -> None:
    shown = {verified(urlsplit(page).path.split("/")[3], [KEY], NOW).name for page in pages(LINKS)[ALERTNAME]}
    assert shown == {"shop", "bank"}


def test_the_link_is_no_label_so_a_new_one_rings_nowhere() -> None:
    first = alert_changes(AUDIT, Policy(), [], "test", NOW, LINKS)
    later = alert_changes(AUDIT, Policy(), first, "test", NOW, PageLinks(SITE, "namespace", ["z" * 32], NOW))
    assert {one.identity for one in first} == {one.identity for one in later}


def test_every_line_of_a_message_ends_with_its_link() -> None:
    both = msgspec.structs.replace(AUDIT, images=(image("web:1", FLAW), image("worker:1", BUSTER)))
    message = change_message(with_changes(both, None), PageLinks(SITE))
    assert message is not None
    links = [urlsplit(line.split()[-1]) for line in message[1].splitlines()]
    assert {link.path for link in links} == {"/praxi/image"}
    assert {parse_qs(link.query)["image"][0] for link in links} == {"web:1", "worker:1"}
