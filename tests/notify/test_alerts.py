"""Alarms at a real Alertmanager."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.findings import Finding, Ignored, Policy, parse_policy
from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.assessment.history import Memory, remember
from praxi_tasks.notify import Alert, Alertmanager, send_message
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.notify.changes import change_message
from praxi_tasks.notify.finding_alerts import ALERTNAME
from tests.support.alertmanager import Receiver, alertmanager, eventually, receiver
from tests.support.process import free_port

FLAW = Finding(
    "vulnerable", "CVE-2026-1", "flask is misled", "high", action="upgrade to 2", package="pypi/flask"
)
OTHER = Finding("vulnerable", "CVE-2026-2", "jinja is misled", "medium", package="pypi/jinja2")
POLICY = parse_policy(b"routes: [{namespaces: ['shop*'], team: shop}]")

needs_alertmanager = pytest.mark.needs("prometheus-alertmanager")


def image(name: str, *findings: Finding, state: str = "audited", namespace: str = "shop") -> AssessedImage:
    return AssessedImage(image=name, state=state, findings=findings, namespaces=(namespace,))


class Operator:
    """Audits day after day and tells an Alertmanager, as the Dag does."""

    def __init__(self, server: Alertmanager, told: Receiver, policy: Policy = POLICY) -> None:
        self.server = server
        self.told = told
        self.policy = policy
        self.memory: Memory | None = None
        self.day = 0
        self._heard = 0

    def audit(self, *images: AssessedImage, rings: int = 0) -> list[dict[str, str]]:
        """Audit and notify; wait for so many alarms; return what rang since the last audit."""
        self.day += 1
        audit = AssessedAudit(f"run-{self.day}", f"2026-11-{self.day:02}T00:00:00+00:00", "", "m", images)
        audit = with_changes(audit, self.memory)
        self.memory = remember(audit)
        self.notify(audit)
        self.notify(audit)  # a retry of the task
        # Alertmanager takes alerts in turn: once it has told of a later one, it has told of these.
        now = datetime.now(UTC)
        ends = now + timedelta(hours=1)
        later = Alert({"alertname": "Later", "day": str(self.day)}, {}, now.isoformat(), ends.isoformat())
        self.server.post([later])
        eventually(lambda: later.labels in self.told.alerts("firing"))
        eventually(lambda: len(self._rung()) >= self._heard + rings)
        before, self._heard = self._heard, len(self._rung())
        return self._rung()[before:]

    def _rung(self) -> list[dict[str, str]]:
        return [labels for labels in self.told.alerts("firing") if labels["alertname"] == ALERTNAME]

    def notify(self, audit: AssessedAudit) -> None:
        active = self.server.active(ALERTNAME, praxi="test")
        self.server.post(alert_changes(audit, self.policy, active, "test", datetime.now(UTC)))

    def active(self) -> set[str]:
        return {alert.labels["image"] for alert in self.server.active(ALERTNAME)}


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    with receiver() as told, alertmanager(tmp_path / "alertmanager", told.url) as url:
        yield Operator(Alertmanager(url, ""), told)


@needs_alertmanager
@pytest.mark.server
@pytest.mark.slow
def test_alarms_ring_for_what_is_new_or_worse_and_once(operator: Operator) -> None:
    web, worker = image("shop/web:1", FLAW), image("shop/worker:1", OTHER, namespace="bank")
    (rang,) = operator.audit(web, rings=1)
    assert rang.pop("changed")
    assert rang == {
        "alertname": "PraxiFindings", "praxi": "test", "image": "shop/web", "namespace": "shop",
        "team": "shop", "severity": "high",
    }  # fmt: skip
    assert operator.audit(web) == []  # no change
    (rang,) = operator.audit(web, worker, rings=1)  # one new vulnerable image
    assert (rang["image"], rang["severity"], "team" in rang) == ("shop/worker", "medium", False)
    assert operator.active() == {"shop/web", "shop/worker"}

    assert operator.audit(web) == []  # it is removed
    eventually(lambda: [alert["image"] for alert in operator.told.alerts("resolved")] == ["shop/worker"])

    assert operator.audit(image("shop/web:1", state="failed")) == []  # nothing says that it is resolved
    assert operator.active() == {"shop/web"}
    worse = msgspec.structs.replace(FLAW, severity="critical")
    (rang,) = operator.audit(image("shop/web:1", worse), rings=1)
    assert rang["severity"] == "critical"
    assert operator.audit(web) == []  # it got better
    (rang,) = operator.audit(image("shop/web:1", FLAW, OTHER), rings=1)  # a second finding
    assert rang["image"] == "shop/web"
    assert operator.audit(image("shop/web:1")) == []
    eventually(lambda: operator.active() == set())


@needs_alertmanager
@pytest.mark.server
def test_what_is_mild_or_set_aside_rings_nowhere(operator: Operator) -> None:
    operator.policy = parse_policy(b"alert_severity: high")
    ignored = msgspec.structs.replace(FLAW, ignored=Ignored("r", "o", "2027-01-01"))
    assert operator.audit(image("shop/web:1", ignored, OTHER)) == []
    assert operator.active() == set()


@needs_alertmanager
@pytest.mark.server
def test_an_alertmanager_behind_a_prefix_or_of_another_kind_says_so(tmp_path: Path) -> None:
    with (
        receiver() as told,
        alertmanager(tmp_path / "alertmanager", told.url) as url,
        pytest.raises(NotifyError, match="answered 404"),
    ):
        Alertmanager(f"{url}/elsewhere", "").active(ALERTNAME)


def test_an_alertmanager_that_is_down_is_tried_again_and_keeps_secrets() -> None:
    server = Alertmanager(f"http://praxi:hunter2@127.0.0.1:{free_port()}", "")
    with pytest.raises(NotifyError, match="can't be reached") as caught:
        server.active(ALERTNAME)
    assert caught.value.retryable
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "alertmanager:9093", "ftp://host", "http://"])
def test_what_is_no_url_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError):
        Alertmanager(url, "")


def changed(*images: AssessedImage) -> AssessedAudit:
    return with_changes(AssessedAudit("run", "2026-11-01T00:00:00+00:00", "", "m", images), None)


def test_a_message_reaches_what_apprise_reaches() -> None:
    message = change_message(changed(image("shop/web:1", FLAW, OTHER)))
    assert message is not None
    with receiver() as told:
        assert send_message(*message, urls=told.url.replace("http://", "json://"))
        (body,) = told.bodies
    assert body["title"] == "Praxi: 1 high, 1 medium new or worse, 0 resolved"
    assert "high: CVE-2026-1 in shop/web:1: flask is misled. upgrade to 2" in body["message"]


def test_no_news_is_no_message() -> None:
    assert change_message(changed(image("shop/web:1"))) is None
    assert not send_message("t", "x", urls="")


def test_a_long_list_names_the_first_and_counts_the_rest() -> None:
    findings = [msgspec.structs.replace(FLAW, id=f"CVE-{n}") for n in range(13)]
    message = change_message(changed(image("shop/web:1", *findings)))
    assert message is not None
    assert message[1].endswith("and 3 more: see the report of run")


def test_receivers_that_fail_are_named_without_their_secrets() -> None:
    with pytest.raises(UsageError, match="entry 1") as caught:
        send_message("t", "x", urls="nowhere://secret")
    assert "secret" not in str(caught.value)
    with pytest.raises(NotifyError) as failed:
        send_message("t", "x", urls=f"json://user:hunter2@127.0.0.1:{free_port()}/")
    assert "hunter2" not in str(failed.value)
