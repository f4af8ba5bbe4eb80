"""Open findings by namespace and by image as metrics, with a bound on how many of them are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.finding import SEVERITIES
from praxi_tasks.printable import printable

OTHERS: Final = "(others)"
"""The name of all that are not named; no namespace and no image can be called so."""
_Counts = dict[tuple[str, str], Counter[str]]


def add_place_metrics(registry: CollectorRegistry, audit: AssessedAudit, most: int) -> None:
    """Add the open findings of namespaces and of images, by severity; a finding of two images counts twice.

    Parameters
    ----------
    most
        How many namespaces are named, and how many images: those with the gravest findings. The others are
        added up under one name, so the number of series has a bound whatever the clusters hold. 0 adds none.
    """
    if not most:
        return
    namespaces: _Counts = {}
    images: _Counts = {}
    for image in audit.images:
        found = Counter(str(finding.severity) for finding in image.open_findings)
        images.setdefault((image.cluster, image.image), Counter()).update(found)
        for namespace in image.namespaces:
            namespaces.setdefault((image.cluster, namespace), Counter()).update(found)
    clusters = any(audit.clusters)
    _add(registry, "namespace", _bounded(namespaces, most), clusters=clusters)
    _add(registry, "image", _bounded(images, most), clusters=clusters)


def _bounded(counts: _Counts, most: int) -> _Counts:
    """Return the gravest, and of each cluster the sum of its others."""
    order = sorted(counts, key=lambda place: (*_gravity(counts[place]), place))
    named: _Counts = {place: counts[place] for place in order[:most]}
    for cluster, name in order[most:]:
        named.setdefault((cluster, OTHERS), Counter()).update(counts[cluster, name])
    return named


def _gravity(found: Mapping[str, int]) -> Iterable[int]:
    return (-found.get(severity, 0) for severity in SEVERITIES)


def _add(registry: CollectorRegistry, kind: str, counts: _Counts, *, clusters: bool) -> None:
    labels = [*(["cluster"] if clusters else []), kind, "severity"]
    about = f"Open findings of each {kind}, of those with the gravest"
    gauge = Gauge(f"praxi_{kind}_findings", about, labels, registry=registry)
    for (cluster, name), found in counts.items():
        where = (printable(cluster), printable(name)) if clusters else (printable(name),)
        for severity in SEVERITIES:
            gauge.labels(*where, severity).set(found[severity])
