"""The real part of a chaos campaign: a calm audit to compare with, one in chaos, and one that repairs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks import chaos_checks as checks
from benchmarks.chaos_kills import Killer
from benchmarks.chaos_results import AuditResult, PartResult
from benchmarks.chaos_world import ChaosWorld, chaos_world, put_feeds
from praxi_airflow.run_key import run_key
from praxi_tasks.audit import AuditReport, AuditRun, State, make_assessor
from praxi_tasks.discovery import Model
from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.notify import Alertmanager, Alertmanagers
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.notify.finding_alerts import ALERTNAME, Place
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import documents, keys, open_store

DAG: Final = "praxi_audit"
_INSTANCE: Final = "praxi"
_FINISHED: Final = frozenset({"success", "failed"})
_POD_SECONDS: Final = 120.0


@dataclass(frozen=True)
class _Calm:
    """The audit to compare with: its result, what it said of each image, and where alerts belong."""

    result: AuditResult
    facts: checks.Facts
    places: set[Place]


def run_campaign(
    folder: Path, count: int, share: float, seed: int, batches: int, minutes: float
) -> Iterator[PartResult]:
    """Audit ``count`` images in chaos, and again when it is over; after each audit say what did not hold.

    Parameters
    ----------
    share
        Of requests, pods and processes that something happens to.
    batches
        How many pods read layers.
    minutes
        After which chaos ends and the audit goes on in peace; it may take as long again.
    """
    with chaos_world(folder, count, share, seed, batches) as world:
        calm = _audit_calmly(world)
        audits = [calm.result]
        others = [(name, world.faults[name]) for name in ("Prometheus", "MLflow")]
        killer = Killer(world.airflow, folder / "airflow", world.cluster, others, share, seed)

        def so_far() -> PartResult:
            return PartResult(
                images=count,
                share=share,
                seed=seed,
                audits=audits,
                requests={name: each.requests for name, each in world.faults.items()},
                faults={name: each.counted() for name, each in world.faults.items()},
                kills=dict(killer.counts),
                facts={"pods": len(world.cluster.history), "alerts to keep": len(calm.places)},
            )

        def end_chaos() -> None:
            killer.stop()
            world.set_active(False)

        yield so_far()
        world.set_active(True)
        killer.start()
        try:
            world.airflow.cli("dags", "unpause", DAG)
            audits.append(_wait(world, "in chaos", minutes, end_chaos))
        finally:
            end_chaos()
        _check(world, calm, audits[-1], repaired=False)
        yield so_far()
        _clear(world)
        audits.append(_wait(world, "after it", minutes))
        _check(world, calm, audits[-1], repaired=True)
        yield so_far()


def _clear(world: ChaosWorld) -> None:
    """Clear the whole audit, as a person does."""
    run = quote(_run(world)["dag_run_id"], safe="")
    body = {"dry_run": False, "only_failed": False}
    world.airflow.call("POST", f"/dags/{DAG}/dagRuns/{run}/clear", body)


def _audit_calmly(world: ChaosWorld) -> _Calm:
    """Audit the same images without Airflow, into a store of its own, and raise the alerts."""
    began = time.monotonic()
    store = open_store((world.folder / "calm").as_uri())
    run = AuditRun(store, "calm")
    documents.write(store, run.key("images.json"), world.deployed)
    documents.write(store, run.key(DOCUMENT), Scope(kind="scheduled"))
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    interval = f"{(today - timedelta(days=1)).isoformat()}/{today.isoformat()}"
    plan = run.plan(Platform(), interval=interval)
    for batch in range(plan.batches):
        run.fingerprint(batch)
    run.predict(Model.load(world.model_uri), "1")
    report = run.report(make_assessor(put_feeds(store), Policy(), run.day(), store))
    audit = run.assessed()
    changes = alert_changes(audit, Policy(), [], _INSTANCE, datetime.now(UTC))
    Alertmanagers(world.alertmanager).post(changes)
    seconds, states = time.monotonic() - began, Counter(str(image.state) for image in report.images)
    facts = checks.facts_of(report, documents.read(store, run.key("findings.json"), AssessedAudit))
    places = checks.grave_places(audit, Policy())
    breaches = [
        *checks.one_state_each((image.image for image in world.deployed), report),
        *checks.all_audited(report),
        *checks.no_alert_resolved(places, _active(world)),
    ]
    return _Calm(AuditResult("calm", "success", seconds, dict(states), {}, breaches), facts, places)


def _run(world: ChaosWorld) -> dict[str, Any]:
    """Return the scheduled audit."""
    return next((run for run in world.airflow.runs(DAG) if run["run_type"] == "scheduled"), {})


def _wait(
    world: ChaosWorld, name: str, minutes: float, end_chaos: Callable[[], None] = lambda: None
) -> AuditResult:
    """Wait until the audit ends, and write down how; after ``minutes`` chaos ends, and the audit goes on."""
    began = time.monotonic()
    state, ended = "", False
    while state not in _FINISHED and time.monotonic() - began < 2 * 60 * minutes:
        time.sleep(2)
        state = str(_run(world).get("state", "never began"))
        if not ended and time.monotonic() - began > 60 * minutes:
            end_chaos()
            ended = True
    seconds, run = time.monotonic() - began, _run(world)
    late = [] if state in _FINISHED else [f"the run is still {state} after {2 * minutes:.0f} minutes"]
    path = f"/dags/{DAG}/dagRuns/{quote(run['dag_run_id'], safe='')}/taskInstances?limit=1000"
    tries: Counter[str] = Counter()
    for task in world.airflow.call("GET", path)["task_instances"]:
        tries[f"{task['task_id']}, {task['state']}"] += task["try_number"]
    return AuditResult(name, state, seconds, {}, dict(tries), late)


def _check(world: ChaosWorld, calm: _Calm, audit: AuditResult, *, repaired: bool) -> None:
    audit.breaches += [*_pods(world), *checks.store_is_readable(world.open())]
    audit.breaches += checks.no_alert_resolved(calm.places, _active(world))
    place = keys.run(run_key(str(_run(world)["dag_run_id"])), "")
    store = world.open()
    if not store.exists(f"{place}report.json"):
        audit.breaches.append("the audit left no report")
        return
    report = documents.read(store, f"{place}report.json", AuditReport)
    audit.states = dict(Counter(str(image.state) for image in report.images))
    audit.breaches += checks.one_state_each((image.image for image in world.deployed), report)
    facts = checks.facts_of(report, documents.read(store, f"{place}findings.json", AssessedAudit))
    if repaired:
        audit.breaches += checks.all_audited(report)
    failed = {image.image for image in report.images if image.state is State.FAILED}
    audited = {name: fact for name, fact in calm.facts.items() if name not in failed}
    audit.breaches += checks.same_facts(
        audited, {name: fact for name, fact in facts.items() if name not in failed}
    )
    if repaired and audit.ended != "success":
        audit.breaches.append(f"without faults the run ended in {audit.ended}")


def _pods(world: ChaosWorld) -> Iterator[str]:
    """Yield what the cluster still runs after a while, for pods take their time to end."""
    deadline = time.monotonic() + _POD_SECONDS
    while world.cluster.pods() and time.monotonic() < deadline:
        time.sleep(1)
    yield from checks.no_pod_left(world.cluster.pods(), world.cluster.containers())


def _active(world: ChaosWorld) -> list[Any]:
    return Alertmanager(world.alertmanager, "").active(ALERTNAME, praxi=_INSTANCE)
