"""An audit as Prometheus metrics, through a Pushgateway or a textfile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.exposition import CONTENT_TYPE_LATEST, push_to_gateway

from praxi_tasks.errors import HttpError, NotifyError, UsageError
from praxi_tasks.findings.assessment import (
    AssessedAudit,
    Carried,
    coverage_counts,
    image_state,
    split_key,
    told,
)
from praxi_tasks.findings.coverage import Aspect, CoverageState
from praxi_tasks.findings.finding import KINDS, SEVERITIES, Finding
from praxi_tasks.findings.report.place_metrics import add_place_metrics
from praxi_tasks.http import SiteClient, refusal_text
from praxi_tasks.printable import printable

_JOB: Final = "praxi"
_ACTION: Final = "check the setting pushgateway: its URL, path and account"
_STATES: Final = ("audited", "cached", "failed")


def audit_metrics(
    audit: AssessedAudit, durations: Mapping[str, float], places: int = 100
) -> CollectorRegistry:
    """Return the metrics of an audit; every label value is there every time, so that none goes stale.

    What counts images is counted for each cluster, if any has a name. What is of the audit itself, such as
    findings about feeds, has an empty label.

    Parameters
    ----------
    durations
        Seconds by step.
    places
        How many namespaces are named, and how many images; see :func:`add_place_metrics`.
    """
    registry = CollectorRegistry()
    per_cluster = _PerCluster(audit, registry)
    _count_images(audit, per_cluster)
    _count_findings(audit, per_cluster)
    add_place_metrics(registry, audit, places)
    _count_coverage(audit, per_cluster)
    _age_advisories(audit, registry)
    _rate_model(audit, registry)
    _gauge(registry, "praxi_audit_timestamp_seconds", "End of the audited interval").set(
        datetime.fromisoformat(audit.at).timestamp()
    )
    ages = Gauge("praxi_feed_age_days", "Age of a feed", ["feed"], registry=registry)
    for feed in audit.feeds:
        if feed.keeps_days:
            continue  # it ages by years, and rules about feeds by days
        ages.labels(printable(feed.name)).set(feed.age_days if feed.age_days >= 0 else float("nan"))
    seconds = Gauge("praxi_step_duration_seconds", "Duration of a step", ["step"], registry=registry)
    for step, value in durations.items():
        seconds.labels(printable(step)).set(value)
    return registry


class _PerCluster:
    """Gauges by cluster; where no cluster has a name they have no such label."""

    def __init__(self, audit: AssessedAudit, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.clusters = audit.clusters or ("",)
        self._labels = ["cluster"] if any(self.clusters) else []

    def gauge(self, name: str, about: str, labels: Sequence[str] = ()) -> Callable[..., Gauge]:
        """Return a new gauge as a function of a cluster and the values of its other labels."""
        gauge = Gauge(name, about, [*self._labels, *labels], registry=self._registry)

        def child(cluster: str, *values: str) -> Gauge:
            where = (cluster,) if self._labels else ()
            return gauge.labels(*where, *values) if where or values else gauge

        return child

    def count(self, name: str, about: str, counts: Mapping[str, float]) -> None:
        """Add a gauge of a count that each cluster has."""
        gauge = self.gauge(name, about)
        for cluster in self.clusters:
            gauge(cluster).set(counts.get(cluster, 0))


def _count_images(audit: AssessedAudit, per_cluster: _PerCluster) -> None:
    counts = Counter((image.cluster, image.state) for image in audit.images)
    images = per_cluster.gauge("praxi_images", "Images of the audit by how they ended", ["state"])
    for cluster, state in product(per_cluster.clusters, _STATES):
        images(cluster, state).set(counts[cluster, state])


def _count_findings(audit: AssessedAudit, per_cluster: _PerCluster) -> None:
    found: list[tuple[str, Finding | Carried]] = []
    for cluster in per_cluster.clusters:
        here = (image for image in audit.images if image.cluster == cluster)
        found += [(cluster, one.finding) for one in told(here)]
    unseen = [(split_key(one.image)[0], one) for one in audit.carried if not one.ignored]
    found += unseen
    found += [("", finding) for finding in audit.findings]
    counts = Counter((cluster, finding.kind, finding.severity) for cluster, finding in found)
    carried = Counter(cluster for cluster, _ in unseen)
    findings = per_cluster.gauge("praxi_findings", "Open findings", ["kind", "severity"])
    for cluster, kind, severity in product({*per_cluster.clusters, ""}, KINDS, SEVERITIES):
        findings(cluster, kind, severity).set(counts[cluster, kind, severity])
    ignored = Counter[str]()
    for image in audit.images:
        ignored[image.cluster] += len(image.findings) - len(image.open_findings)
    new = Counter(split_key(image)[0] for image, _ in audit.new)
    resolved = Counter(split_key(one.image)[0] for one in audit.resolved)
    exploited = Counter(cluster for cluster, finding in found if finding.exploited)
    per_cluster.count("praxi_findings_ignored", "Findings a policy sets aside", ignored)
    per_cluster.count("praxi_findings_carried", "Open findings it could not look for", carried)
    per_cluster.count("praxi_findings_new", "Findings the audit before had not", new)
    per_cluster.count("praxi_findings_resolved", "Findings the audit before had", resolved)
    overdue = Counter((cluster, finding.severity) for cluster, finding in found if finding.overdue)
    late = per_cluster.gauge("praxi_findings_overdue", "Open findings whose deadline is over", ["severity"])
    for cluster, severity in product(per_cluster.clusters, SEVERITIES):
        late(cluster, severity).set(overdue[cluster, severity])
    per_cluster.count("praxi_findings_exploited", "Open findings CISA lists as exploited", exploited)


def _count_coverage(audit: AssessedAudit, per_cluster: _PerCluster) -> None:
    counts = coverage_counts(audit)
    subjects = per_cluster.gauge(
        "praxi_coverage_subjects", "Aspects of images, by how far each was checked", ["aspect", "state"]
    )
    for cluster, aspect, state in product({*per_cluster.clusters, ""}, Aspect, CoverageState):
        subjects(cluster, aspect, state).set(counts[cluster, aspect, state])
    worst = Counter((image.cluster, image_state(image)) for image in audit.images)
    images = per_cluster.gauge(
        "praxi_coverage_images", "Images by the worst state of their aspects", ["state"]
    )
    for cluster, state in product(per_cluster.clusters, CoverageState):
        images(cluster, state).set(worst[cluster, state])
    whole = {cluster: audit.scope.is_whole_of(cluster) for cluster in per_cluster.clusters}
    per_cluster.count("praxi_coverage_list_whole", "Whether the list of images is whole", whole)


def _age_advisories(audit: AssessedAudit, registry: CollectorRegistry) -> None:
    ages = [feed.age_days for feed in audit.feeds if feed.records]
    known = ages and min(ages) >= 0
    about = "Age of the oldest advisories that images are matched with"
    _gauge(registry, "praxi_coverage_advisories_age_days", about).set(max(ages) if known else float("nan"))


def _rate_model(audit: AssessedAudit, registry: CollectorRegistry) -> None:
    health = audit.health
    for name, about, part, whole in (
        ("praxi_unexplained_share", "Files that belong to nothing known", health.unexplained, health.files),
        ("praxi_model_confidence", "Mean confidence", health.confidence, health.recognised),
        ("praxi_model_low_confidence_share", "Recognised unsurely", health.unsure, health.recognised),
        ("praxi_model_disagreement_share", "Claims not confirmed", health.disagreed, health.claimed),
    ):
        _gauge(registry, name, about).set(part / whole if whole else float("nan"))


def _gauge(registry: CollectorRegistry, name: str, about: str) -> Gauge:
    return Gauge(name, about, registry=registry)


def push_metrics(registry: CollectorRegistry, url: str, instance: str) -> None:
    """Replace this instance's metrics in a Pushgateway.

    Parameters
    ----------
    url
        The gateway's base URL; may hold a user and password.

    Raises
    ------
    UsageError
        If the URL is none.
    NotifyError
        If the gateway can't be reached or refuses them.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("not a Pushgateway URL", action="write it as http://host:9091")
    client = SiteClient(url, "Pushgateway", {"Content-Type": CONTENT_TYPE_LATEST})

    def send(
        url: str, method: str, timeout: float | None, headers: list[tuple[str, str]], data: bytes
    ) -> Callable[[], None]:
        del timeout, headers  # the client has its own
        return lambda: _put(client, method, url.removeprefix(client.base), data)

    push_to_gateway(client.base, _JOB, registry, {"instance": instance}, handler=send)


def _put(client: SiteClient, method: str, path: str, data: bytes) -> None:
    try:
        answer = client.request(method, path, data)
    except HttpError as error:
        raise NotifyError(error.what, where=error.where, action=error.action) from error
    if not 200 <= answer.status < 300:
        said = refusal_text(answer.data)
        raise NotifyError(f"Pushgateway answered {answer.status}{said}", where=client.base, action=_ACTION)


def write_textfile(registry: CollectorRegistry, path: Path) -> None:
    """Write metrics for node_exporter's textfile collector, whole or not at all.

    Raises
    ------
    UsageError
        If the file can't be written.
    """
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        raise UsageError(f"can't write the metrics: {error.strerror}", where=str(path)) from error
