"""An audit as Prometheus metrics, through a Pushgateway or a textfile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.exposition import basic_auth_handler, default_handler, push_to_gateway

from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.findings.assessment import AssessedAudit, coverage_counts, image_state
from praxi_tasks.findings.coverage import Aspect, CoverageState
from praxi_tasks.findings.finding import KINDS, SEVERITIES

_JOB: Final = "praxi"
_TIMEOUT: Final = 20.0
_STATES: Final = ("audited", "cached", "failed")


def audit_metrics(audit: AssessedAudit, durations: Mapping[str, float]) -> CollectorRegistry:
    """Return the metrics of an audit; every label value is there every time, so that none goes stale.

    Parameters
    ----------
    durations
        Seconds by step.
    """
    registry = CollectorRegistry()
    _count_images(audit, registry)
    _count_findings(audit, registry)
    _rate_model(audit, registry)
    _count_coverage(audit, registry)
    _gauge(registry, "praxi_audit_timestamp_seconds", "End of the audited interval").set(
        datetime.fromisoformat(audit.at).timestamp()
    )
    ages = Gauge("praxi_feed_age_days", "Age of a feed", ["feed"], registry=registry)
    for feed in audit.feeds:
        if feed.keeps_days:
            continue  # it ages by years, and rules about feeds by days
        ages.labels(feed.name).set(feed.age_days if feed.age_days >= 0 else float("nan"))
    seconds = Gauge("praxi_step_duration_seconds", "Duration of a step", ["step"], registry=registry)
    for step, value in durations.items():
        seconds.labels(step).set(value)
    return registry


def _count_images(audit: AssessedAudit, registry: CollectorRegistry) -> None:
    counts = Counter(image.state for image in audit.images)
    images = Gauge("praxi_images", "Images of the audit by how they ended", ["state"], registry=registry)
    for state in _STATES:
        images.labels(state).set(counts[state])


def _count_findings(audit: AssessedAudit, registry: CollectorRegistry) -> None:
    found = [finding for image in audit.images for finding in image.open_findings] + [*audit.findings]
    counts = Counter((finding.kind, finding.severity) for finding in found)
    findings = Gauge("praxi_findings", "Open findings", ["kind", "severity"], registry=registry)
    for kind in KINDS:
        for severity in SEVERITIES:
            findings.labels(kind, severity).set(counts[kind, severity])
    ignored = sum(len(image.findings) - len(image.open_findings) for image in audit.images)
    _gauge(registry, "praxi_findings_ignored", "Findings a policy sets aside").set(ignored)
    _gauge(registry, "praxi_findings_new", "Findings the audit before had not").set(len(audit.new))
    _gauge(registry, "praxi_findings_resolved", "Findings the audit before had").set(len(audit.resolved))
    exploited = sum(finding.exploited for finding in found)
    _gauge(registry, "praxi_findings_exploited", "Open findings CISA lists as exploited").set(exploited)


def _count_coverage(audit: AssessedAudit, registry: CollectorRegistry) -> None:
    labels = ["aspect", "state"]
    counts = coverage_counts(audit)
    subjects = Gauge(
        "praxi_coverage_subjects",
        "Aspects of images, by how far each was checked",
        labels,
        registry=registry,
    )
    for aspect, state in product(Aspect, CoverageState):
        subjects.labels(aspect, state).set(counts[aspect, state])
    worst = Counter(map(image_state, audit.images))
    images = Gauge(
        "praxi_coverage_images", "Images by the worst state of their aspects", ["state"], registry=registry
    )
    for state in CoverageState:
        images.labels(state).set(worst[state])
    about = "Whether the list of images is whole"
    _gauge(registry, "praxi_coverage_list_whole", about).set(audit.scope.whole)
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
    where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    handler: Callable[..., Any] = default_handler
    if parts.username:
        handler = partial(basic_auth_handler, username=parts.username, password=parts.password or "")
    try:
        push_to_gateway(where, _JOB, registry, {"instance": instance}, _TIMEOUT, handler)
    except OSError as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise NotifyError(
            f"the Pushgateway did not take the metrics ({reason})", where=where, action="this is tried again"
        ) from error


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
