"""Which alerts an audit raises, prolongs and resolves.

One alert stands for one image in one namespace. Its labels never change while nothing gets worse, so a
second audit without change raises nothing; a finding that is new or worse gives it the time of that news as
a label, which makes it another alert and notifies once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from praxi_tasks.findings import SEVERITIES, Finding, Policy, severity_rank
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.notify.alertmanager import Alert

ALERTNAME: Final = "PraxiFindings"
# Alerts outlive a missed audit, and end by themselves if Praxi is taken away.
_LIFE: Final = timedelta(hours=50)
_NAMED: Final = 5

Place = tuple[str, str]


def alert_changes(
    audit: AssessedAudit, policy: Policy, active: Iterable[Alert], instance: str, now: datetime
) -> list[Alert]:
    """Return what to post: alerts to raise or prolong, and those to resolve.

    Parameters
    ----------
    active
        The alerts of this instance that are firing now.
    instance
        Distinguishes installations of Praxi that share an Alertmanager; becomes the label ``praxi``.
    now
        The moment of posting, with a time zone.
    """
    known: dict[Place, list[Alert]] = {}
    for alert in active:
        known.setdefault((alert.labels.get("image", ""), alert.labels.get("namespace", "")), []).append(alert)
    ends = (now + _LIFE).isoformat()
    posted: list[Alert] = []
    for image in audit.images:
        for namespace in image.namespaces or ("",):
            before = known.get((image.image, namespace), [])
            posted += (
                _prolonged(before, ends)
                if image.failed
                else _raised(audit, policy, image, namespace, before, instance, ends)
            )
    retained = {alert.identity for alert in posted}
    gone = [alert for alerts in known.values() for alert in alerts if alert.identity not in retained]
    return [*posted, *(_ended(alert, now) for alert in gone)]


def _raised(
    audit: AssessedAudit,
    policy: Policy,
    image: AssessedImage,
    namespace: str,
    before: list[Alert],
    instance: str,
    ends: str,
) -> list[Alert]:
    findings = [
        f for f in image.open_findings if severity_rank(f.severity) <= severity_rank(policy.alert_severity)
    ]
    if not findings:
        return []
    news = [f for f in findings if (image.image, f.key) in audit.new | audit.worse]
    labels = {
        "alertname": ALERTNAME,
        "praxi": instance,
        "image": image.image,
        "namespace": namespace,
        "team": policy.team([namespace], findings[0].severity),
        "severity": findings[0].severity,
        "changed": (audit.at if news else max(finding.since for finding in findings))[:16],
    }
    present = {name: value for name, value in labels.items() if value}
    if before and not news:
        present = before[0].labels
    return [Alert(present, _annotations(audit, image, findings, news), min(f.since for f in findings), ends)]


def _prolonged(alerts: list[Alert], ends: str) -> Iterator[Alert]:
    """Keep the alerts of an image that could not be audited: nothing says that they are resolved."""
    return (Alert(alert.labels, alert.annotations, alert.starts_at, ends) for alert in alerts)


def _ended(alert: Alert, now: datetime) -> Alert:
    return Alert(alert.labels, alert.annotations, alert.starts_at, now.isoformat())


def _annotations(
    audit: AssessedAudit, image: AssessedImage, findings: list[Finding], news: list[Finding]
) -> dict[str, str]:
    named = "; ".join(
        f"{finding.id}: {finding.action or finding.title}" for finding in (news or findings)[:_NAMED]
    )
    return {
        "summary": f"{image.image}: {counted(findings)}, {len(news)} of them new or worse",
        "description": named,
        "digest": image.digest,
        "run": audit.run,
    }


def counted(findings: Iterable[Finding]) -> str:
    """Return how many findings of each severity there are, in words."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES if counts[severity])
