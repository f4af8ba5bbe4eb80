"""What must hold however much went wrong: one function each, which returns a sentence per breach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from praxi_tasks.audit import AuditReport, Plan, State
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.errors import PraxiError
from praxi_tasks.findings import Policy, severity_rank
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.fingerprint import Changeset, Tagset
from praxi_tasks.inventory import Inventory
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.finding_alerts import ALERTNAME, Place
from praxi_tasks.store import Store

Facts = Mapping[str, tuple[object, ...]]
_SHOWN: Final = 3
_READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "tagset": Tagset.from_bytes,
    "inventory": Inventory.from_bytes,
    "changeset": Changeset.from_bytes,
    "plan.json": msgspec.json.Decoder(Plan).decode,
    "report.json": msgspec.json.Decoder(AuditReport).decode,
    "findings.json": msgspec.json.Decoder(AssessedAudit).decode,
}


def one_state_each(wanted: Iterable[str], report: AuditReport) -> Iterator[str]:
    """Every image that was to be audited is in the report once, and one that failed has a reason."""
    asked, told = Counter(wanted), Counter(image.image for image in report.images)
    for image in sorted((asked - told).keys()):
        yield f"{image} was to be audited and is not in the report"
    for image in sorted((told - asked).keys()):
        yield f"{image} is in the report {told[image]} times, and was to be audited {asked[image]} times"
    for found in report.images:
        if (found.state is State.FAILED) != bool(found.reason):
            yield f"{found.image} is {found.state} and its reason is {found.reason!r}"
        if (found.state is State.FAILED) == bool(found.layers):
            yield f"{found.image} is {found.state} and has {len(found.layers)} layers"


def all_audited(report: AuditReport) -> Iterator[str]:
    """No image failed."""
    for image in report.images:
        if image.state is State.FAILED:
            yield f"{image.image} failed though nothing went wrong: {image.reason}"


def no_pod_left(pods: Sequence[Mapping[str, Any]], containers: Sequence[str]) -> Iterator[str]:
    """The cluster runs nothing, and remembers no pod."""
    for pod in pods:
        labels, phase = pod["metadata"]["labels"], pod["status"]["phase"]
        yield f"pod {pod['metadata']['name']} of task {labels.get('task_id')} was left, {phase}"
    for name in containers:
        yield f"the containers of {name} were left on the node"


def store_is_readable(store: Store) -> Iterator[str]:
    """Every object of the store is whole: it is read as what its key says it is."""
    for key in store.list(""):
        try:
            _reader(key)(store.get(key))
        except (PraxiError, ValueError, KeyError) as error:
            yield f"{key} can't be read: {error}"


def _reader(key: str) -> Callable[[bytes], object]:
    """Return what reads an object of this key, and raises if it is not whole."""
    name = key.rpartition("/")[2]
    if key.startswith("predictions/"):
        return msgspec.json.Decoder(LayerPrediction).decode
    anything: Callable[[bytes], object] = msgspec.json.decode if name.endswith((".json", ".sarif")) else len
    return _READERS.get(name.partition(".v")[0], anything)


def grave_places(audit: AssessedAudit, policy: Policy) -> set[Place]:
    """Return the places at which an audit has a finding that alerts about images tell of."""
    grave = severity_rank(policy.alert_severity)
    return {
        place
        for image in audit.images
        if any(
            severity_rank(finding.severity) <= grave and finding.kind != "end-of-life"
            for finding in image.open_findings
        )
        for place in places_of(image)
    }


def places_of(image: AssessedImage) -> Iterator[Place]:
    """Yield what alerts about an image are about."""
    for namespace in image.namespaces or ("",):
        labels = {"image": image.image, "namespace": namespace, "cluster": image.cluster}
        yield Place.of(Alert(labels))


def no_alert_resolved(places: Iterable[Place], active: Iterable[Alert]) -> Iterator[str]:
    """At every place where something is still wrong, an alert fires."""
    firing = {Place.of(alert) for alert in active if alert.labels.get("alertname") == ALERTNAME}
    for place in sorted(set(places) - firing):
        yield f"no alert fires for {place.repository} in {place.namespace}, where the finding still is"


def facts_of(report: AuditReport, assessed: AssessedAudit) -> Facts:
    """Return what an audit says about each image it audited: its releases and its findings."""
    facts = {}
    for image, findings in zip(report.images, assessed.images, strict=True):
        releases = sorted(
            (layer.digest, release.purl, str(release.source))
            for layer in report.layers_of(image)
            for release in layer.releases
        )
        found = sorted((each.key, each.severity, each.layer, each.evidence) for each in findings.findings)
        facts[image.image] = (*releases, *found)
    return facts


def same_facts(calm: Facts, found: Facts) -> Iterator[str]:
    """An audit says what a calm one says."""
    for image in sorted(calm.keys() | found.keys()):
        if calm.get(image) != found.get(image):
            lost = [fact for fact in calm.get(image, ()) if fact not in found.get(image, ())]
            more = [fact for fact in found.get(image, ()) if fact not in calm.get(image, ())]
            yield f"{image}: missing {lost[:_SHOWN]}, and too much: {more[:_SHOWN]}"
