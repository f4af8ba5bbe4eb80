"""Which alerts an audit raises, prolongs and resolves.

Only the newest daily audit changes alerts. It resolves what it looked for and did not find; what it could not
look for is prolonged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.finding_alerts import ALERTNAME, FindingAlerts
from praxi_tasks.notify.links import NO_LINKS, PageLinks
from praxi_tasks.notify.list_alerts import IMPLAUSIBLE, list_alerts
from praxi_tasks.notify.posting import Posting
from praxi_tasks.notify.release_alerts import ENDED, release_alerts

NAMES: Final = (ALERTNAME, IMPLAUSIBLE, ENDED)
"""The names of all alerts."""


def alert_changes(
    audit: AssessedAudit,
    policy: Policy,
    active: Iterable[Alert],
    instance: str,
    now: datetime,
    links: PageLinks = NO_LINKS,
) -> list[Alert]:
    """Return what to post: alerts to raise or prolong, and those to resolve.

    Parameters
    ----------
    active
        The alerts of this instance that are firing now, of any name.
    instance
        Distinguishes installations of Praxi that share an Alertmanager; becomes the label ``praxi``.
    now
        The moment of posting, with a time zone.
    links
        Where the pages are; an alert's annotation ``page`` is the link to what it is about.
    """
    if not audit.rings:
        return []
    firing: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in active:
        firing[alert.labels.get("alertname", "")].append(alert)
    posting = Posting(audit, policy, instance, now, links)
    return [
        *FindingAlerts(posting, firing[ALERTNAME]).changes(),
        *release_alerts(posting, firing[ENDED]),
        *list_alerts(posting, firing[IMPLAUSIBLE]),
    ]
