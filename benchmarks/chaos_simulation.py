"""The simulated part of a chaos campaign: the audit's own steps in one process, on servers that live in it.

Registry and Alertmanager are HTTP servers of this process, the store is a folder; requests to each of them
fail as drawn, and steps die in the middle, as pods do that are killed. A step that failed is tried again as
Airflow does.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

from aiohttp import web

from benchmarks import chaos_checks as checks
from benchmarks.chaos_images import chaos_images, is_broken, layer_bytes
from benchmarks.chaos_results import AuditResult, PartResult
from praxi_tasks.audit import AuditReport, AuditRun, BatchLimits, DeployedImage, State
from praxi_tasks.discovery import Model
from praxi_tasks.errors import PraxiError, StoreUnavailableError
from praxi_tasks.findings import Policy
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.notify import Alert, Alertmanagers
from praxi_tasks.notify.alerts import NAMES, alert_changes
from praxi_tasks.notify.finding_alerts import Place
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Entry, Store, documents, open_store
from tests.support import images
from tests.support.faults import Faults, Kind
from tests.support.faulty_proxy import faulty_server

_INTERVAL: Final = "2026-03-01T00:00:00+00:00/2026-03-02T00:00:00+00:00"
_RUN: Final = "daily"
_INSTANCE: Final = "simulation"
_STORE_TRIES: Final = 10  # as often as the client of S3 tries
_STEP_TRIES: Final = 4  # as often as Airflow does by default
_LATEST_DEATH: Final = 400  # writes after which a step that dies is dead
_ENVIRONMENT: Final = {"PRAXI_REGISTRY_BACKOFF": "0.002", "PRAXI_REGISTRY_MAX_WAIT": "1"}
T = TypeVar("T")


class Killed(BaseException):
    """The end of a process that nobody catches."""


class InVainError(Exception):
    """A step of which every try failed."""


class FaultyStore:
    """A store by way of a client that tries again, as that of S3 does, and at times in vain.

    Parameters
    ----------
    real
        The store behind it.
    faults
        Of its requests.

    Attributes
    ----------
    writes_left
        At which write from now the process dies; never, if it is not positive.
    """

    def __init__(self, real: Store, faults: Faults) -> None:
        self.uri = real.uri
        self.real = real
        self.writes_left = -1
        self._faults = faults

    def get(self, key: str) -> bytes:
        return self._request("GET", key, lambda: self.real.get(key))

    def put(self, key: str, data: bytes) -> bool:
        return self._request("PUT", key, lambda: self.real.put(key, data), conditional=True)

    def replace(self, key: str, data: bytes) -> None:
        self._request("PUT", key, lambda: self.real.replace(key, data))

    def delete(self, key: str) -> None:
        self._request("DELETE", key, lambda: self.real.delete(key))

    def exists(self, key: str) -> bool:
        return self._request("HEAD", key, lambda: self.real.exists(key))

    def list(self, prefix: str) -> Iterator[str]:
        return iter(self._request("GET", f"?{prefix}", lambda: list(self.real.list(prefix))))

    def entries(self, prefix: str) -> Iterator[Entry]:
        return iter(self._request("GET", f"?{prefix}", lambda: list(self.real.entries(prefix))))

    def folders(self, prefix: str) -> Iterator[str]:
        return iter(self._request("GET", f"?{prefix}", lambda: list(self.real.folders(prefix))))

    def download(self, key: str, target: Path) -> None:
        self._request("GET", key, lambda: self.real.download(key, target))

    def path(self, key: str) -> Path | None:
        return self.real.path(key)

    def _request(self, method: str, key: str, work: Callable[[], T], *, conditional: bool = False) -> T:
        self._live_on(method)
        for _ in range(_STORE_TRIES):
            fault = self._faults.draw(method, key, conditional=conditional)
            if fault is None or fault is Kind.SLOW:
                return work()
            if fault is Kind.LOST:
                work()
        raise StoreUnavailableError("the store can't be reached", where=key, action="wait")

    def _live_on(self, method: str) -> None:
        if method == "PUT" and self.writes_left > 0:
            self.writes_left -= 1
            if not self.writes_left:
                raise Killed


class _Registry:
    """Serves images by tag and digest."""

    def __init__(self, made: Sequence[tuple[str, images.Manifest]]) -> None:
        self._blobs: dict[str, bytes] = {}
        self._manifests: dict[str, images.Manifest] = {}
        for name, manifest in made:
            repository, _, tag = name.rpartition(":")
            self._manifests |= {f"{repository}/manifests/{each}": manifest for each in (tag, manifest.digest)}
            self._blobs |= manifest.blobs

    async def __call__(self, request: web.BaseRequest, _: bytes) -> web.Response:
        place = request.path.removeprefix("/v2/")
        if manifest := self._manifests.get(place):
            headers = {"Docker-Content-Digest": manifest.digest, "Content-Type": manifest.media_type}
            return web.Response(body=manifest.data, headers=headers)
        blob = self._blobs.get(place.rpartition("/blobs/")[2])
        return web.Response(status=404) if blob is None else web.Response(body=blob)


class _Alertmanager:
    """Remembers alerts by their labels until they end."""

    def __init__(self) -> None:
        self._alerts: dict[frozenset[tuple[str, str]], dict[str, Any]] = {}

    def active(self) -> list[Alert]:
        now = datetime.now(UTC)
        live = [each for each in self._alerts.values() if datetime.fromisoformat(each["endsAt"]) > now]
        return [Alert(each["labels"], starts_at=each["startsAt"], ends_at=each["endsAt"]) for each in live]

    async def __call__(self, request: web.BaseRequest, body: bytes) -> web.Response:
        if request.method == "POST":
            for alert in json.loads(body):
                self._alerts[frozenset(alert["labels"].items())] = alert
            return web.json_response({})
        name = next(each for each in request.query.getall("filter") if each.startswith("alertname="))
        found = [alert for alert in self.active() if f'alertname="{alert.labels["alertname"]}"' == name]
        return web.json_response(
            [{"labels": each.labels, "startsAt": each.starts_at, "endsAt": each.ends_at} for each in found]
        )


def simulate(
    folder: Path, count: int, share: float, seed: int, model: Model, batches: int = 64
) -> Iterator[PartResult]:
    """Audit images calmly, in chaos, and again when it is over; after each audit say what did not hold."""
    kinds = {
        "registry": (Kind.REFUSED, Kind.RESET, Kind.CUT),
        "store": (Kind.REFUSED, Kind.RESET, Kind.LOST, Kind.CUT, Kind.CONFLICT),
        "Alertmanager": (Kind.REFUSED, Kind.RESET, Kind.LOST),
    }
    faults = {name: Faults(each, share, seed) for name, each in kinds.items()}
    faults["registry"] = Faults(kinds["registry"], share, seed, is_broken)
    made = list(chaos_images(count, seed))
    alerts = _Alertmanager()
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _ENVIRONMENT))
        registry = _Registry([(each.name, each.manifest) for each in made])
        host = stack.enter_context(faulty_server(registry, faults["registry"], pause=0)).url
        url = stack.enter_context(faulty_server(alerts, faults["Alertmanager"], pause=0)).url
        host = host.removeprefix("http://")
        deployed = tuple(
            DeployedImage(image=f"{host}/{each.name}", namespaces=(each.namespace,), pods=1) for each in made
        )
        size = layer_bytes(made)
        audit = _Audits(deployed, model, url, alerts, BatchLimits(max(size // batches, 1)), share, seed)
        for audits in audit.run(folder, faults):
            yield PartResult(
                images=count,
                share=share,
                seed=seed,
                audits=audits,
                requests={name: each.requests for name, each in faults.items()},
                faults={name: each.counted() for name, each in faults.items()},
                kills=dict(audit.kills),
                facts={"alerts to keep": audit.places},
            )


def _empty(name: str) -> AuditResult:
    return AuditResult(name, "", 0.0, {}, {}, [])


class _Audits:
    """Runs the audits of a simulation, each by its steps."""

    def __init__(
        self,
        deployed: tuple[DeployedImage, ...],
        model: Model,
        alertmanager: str,
        alerts: _Alertmanager,
        limits: BatchLimits,
        share: float,
        seed: int,
    ) -> None:
        self._deployed, self._model, self._limits = deployed, model, limits
        self._alertmanager, self._alerts = alertmanager, alerts
        self._share, self._chance = share, random.Random(seed)
        self._places: set[Place] = set()
        self.kills: Counter[str] = Counter()

    @property
    def places(self) -> int:
        """At how many places alerts belong."""
        return len(self._places)

    def run(self, folder: Path, faults: dict[str, Faults]) -> Iterator[list[AuditResult]]:
        """Audit calmly, in chaos and after it, and judge each audit by what it left; yield those so far."""
        calm, chaos, repair = map(_empty, ("calm", "in chaos", "after it"))
        quiet, stored = (open_store((folder / name).as_uri()) for name in ("calm", "store"))
        self._audit(FaultyStore(quiet, faults["store"]), calm, kills=False)
        expected = self._judge(quiet, calm)
        yield [calm]
        for done, active in (([calm, chaos], True), ([calm, chaos, repair], False)):
            audit = done[-1]
            for each in faults.values():
                each.active = active
            self._audit(FaultyStore(stored, faults["store"]), audit, kills=active)
            found = self._judge(stored, audit, repaired=not active)
            wanted = expected if audit is repair else {name: expected[name] for name in found}
            audit.breaches += checks.same_facts(wanted, found)
            yield done

    def _audit(self, store: FaultyStore, audit: AuditResult, *, kills: bool) -> None:
        """Do all steps of an audit; as in the Dag, all but that of a batch are needed by the next."""
        began = time.monotonic()
        run = AuditRun(store, _RUN)
        steps = _Steps(store, self._share if kills else 0.0, self._chance)
        try:
            steps.do("deployed_images", lambda: self._list(store, run))
            steps.do("plan", lambda: run.plan(Platform(), limits=self._limits, interval=_INTERVAL))
            for batch in self._batches(store):
                with suppress(InVainError):
                    steps.do("fingerprint", partial(run.fingerprint, batch))
            steps.do("predict", lambda: run.predict(self._model, "1"))
            steps.do("report", run.report)
            steps.do("notify", lambda: self._notify(run))
        except InVainError as error:
            audit.ended = f"failed: {error}"
        else:
            audit.ended = "success"
        audit.seconds, audit.tries = time.monotonic() - began, dict(steps.tries)
        self.kills += steps.kills

    def _batches(self, store: FaultyStore) -> list[int]:
        """Return the batches to read, as Airflow has them from the plan; none if there is no plan."""
        place = AuditRun(store.real, _RUN).key("batches.json")
        return documents.read(store.real, place, list[int]) if store.real.exists(place) else []

    def _judge(self, stored: Store, audit: AuditResult, *, repaired: bool = True) -> checks.Facts:
        """Write down what does not hold; return what is said about each image that did not fail."""
        run = AuditRun(stored, _RUN)
        audit.breaches += checks.store_is_readable(stored)
        if not stored.exists(run.key("report.json")):
            audit.breaches.append("the audit left no report")
            return {}
        report = documents.read(stored, run.key("report.json"), AuditReport)
        assessed = run.assessed()
        audit.states = dict(Counter(str(image.state) for image in report.images))
        audit.breaches += checks.one_state_each((image.image for image in self._deployed), report)
        if repaired:
            audit.breaches += checks.all_audited(report)
            self._places |= checks.grave_places(assessed, Policy())
        audit.breaches += checks.no_alert_resolved(self._places, self._alerts.active())
        failed = {image.image for image in report.images if image.state is State.FAILED}
        facts = checks.facts_of(report, assessed)
        return {name: fact for name, fact in facts.items() if name not in failed}

    def _list(self, store: FaultyStore, run: AuditRun) -> None:
        documents.write(store, run.key("images.json"), self._deployed)
        documents.write(store, run.key(DOCUMENT), Scope(kind="scheduled"))

    def _notify(self, run: AuditRun) -> None:
        audit = run.assessed()
        server = Alertmanagers(self._alertmanager)
        active = [each for name in NAMES for each in server.active(name, praxi=_INSTANCE)]
        server.post(alert_changes(audit, Policy(), active, _INSTANCE, datetime.now(UTC)))


class _Steps:
    """Does the steps of an audit, each again as often as Airflow does, and lets some die in the middle."""

    def __init__(self, store: FaultyStore, share: float, chance: random.Random) -> None:
        self.tries: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self._store, self._share, self._chance = store, share, chance

    def do(self, name: str, work: Callable[[], object]) -> None:
        """Do one step.

        Raises
        ------
        InVainError
            If no try succeeds.
        """
        for number in range(1, _STEP_TRIES + 1):
            dies = self._chance.random() < self._share
            self._store.writes_left = round(_LATEST_DEATH ** self._chance.random()) if dies else -1
            self.tries[name] += 1
            try:
                with patch.dict(os.environ, {"PRAXI_LAST_TRY": "1"} if number == _STEP_TRIES else {}):
                    work()
                    return
            except Killed:
                self.kills[f"{name}: killed"] += 1
            except PraxiError as error:
                if not error.retryable:
                    break
        raise InVainError(name)
