"""Whatever runs come after each other: alerts end where somebody looked, and there they do.

Random lives of clusters are audited by daily runs, by hand, for some namespaces and past days, and the audits
see all or only a part. What may be concluded follows from what is really there, not from what audits say.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from praxi_tasks.audit.run import AuditRun
from praxi_tasks.findings import parse_policy, severity_rank
from praxi_tasks.findings.assessment import AssessedAudit, History, compare_audit, image_repository
from praxi_tasks.findings.scope import ListGap, RunKind, Scope
from praxi_tasks.notify import Alert, Alertmanager
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.notify.finding_alerts import ALERTNAME
from praxi_tasks.notify.list_alerts import IMPLAUSIBLE
from praxi_tasks.store import documents, keys, open_store
from tests.notify.cluster_life import (
    CLUSTERS,
    NAMESPACES,
    REPOSITORIES,
    SEVERITIES,
    Place,
    Sight,
    Version,
    World,
)
from tests.support.alertmanager import alertmanager, receiver

PLACES = [Place(c, r, n) for c in CLUSTERS for r in REPOSITORIES for n in NAMESPACES]
KINDS = ["vulnerable", "hidden", "outdated"]
POLICY = parse_policy(b"alert_severity: medium")
MOSTLY = st.sampled_from([True, True, True, False])
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
# More with PRAXI_EXAMPLES, such as 2000 for an hour.
EXAMPLES = int(os.environ.get("PRAXI_EXAMPLES", "0"))


class Server(Protocol):
    """What an Alertmanager is to an audit."""

    def active(self, alertname: str, **labels: str) -> list[Alert]:
        """Return what fires."""

    def post(self, alerts: list[Alert]) -> None:
        """Raise, prolong and resolve."""


class Alerts:
    """Alerts by their labels, as an Alertmanager keeps them."""

    def __init__(self) -> None:
        self._known: dict[frozenset[tuple[str, str]], Alert] = {}

    def active(self, alertname: str, **labels: str) -> list[Alert]:
        wanted = {"alertname": alertname, **labels}.items()
        now = datetime.now(UTC)
        alerts = (alert for alert in self._known.values() if datetime.fromisoformat(alert.ends_at) > now)
        return [alert for alert in alerts if wanted <= alert.labels.items()]

    def post(self, alerts: list[Alert]) -> None:
        self._known |= {alert.identity: alert for alert in alerts}


@st.composite
def sights(draw: st.DrawFn, world: World, *, whole: bool = True, anything: bool = False) -> Sight:
    """Draw what an audit can see.

    One that is not ``whole`` lacks some of the list, and says of which clusters; one of ``anything``
    lacks some and says nothing.
    """
    hidden, gaps = world.without_names()
    blind = () if whole else draw(st.sampled_from([(None,), *((name,) for name in CLUSTERS), CLUSTERS]))
    unsure = [place for place in PLACES if anything or {None, place.cluster} & {*blind}]
    lacking = draw(st.frozensets(st.sampled_from(unsure))) if unsure else frozenset()
    versions = sorted(set(world.running.values()))
    some = st.frozensets(st.sampled_from(versions), max_size=2) if versions else st.just(frozenset())
    packages = (
        st.frozensets(st.sampled_from(sorted(world.flaws)), max_size=3)
        if world.flaws
        else st.just(frozenset())
    )
    clear = draw(st.booleans())
    return Sight(
        unlisted=hidden | lacking,
        failed=frozenset() if clear else draw(some),
        damaged=frozenset() if clear else draw(some),
        feed="fresh" if clear else draw(st.sampled_from(["fresh", "stale", "broken"])),
        list_gaps=(*gaps, *(ListGap("silent", cluster) for cluster in blind)),
        unlisted_releases=frozenset() if clear else draw(packages),
        unrelated=draw(st.booleans()),
    )


class Life(RuleBasedStateMachine):
    """Clusters, their audits, and an Alertmanager; ``told`` is what it was told of and is there since."""

    server: Callable[[], Server] = Alerts

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="praxi-life-")
        self.store = open_store(self.folder)
        self.alerts = type(self).server()
        self.instance = uuid.uuid4().hex
        self.world = World()
        self.day = 0
        self.changed = False
        self.lost = self.has_forgotten = False
        self.forgotten: set[int] = set()
        self.seen: set[int] = set()
        self.told: dict[Place, dict[int, str]] = {place: {} for place in PLACES}
        self.last: dict[Place, dict[Version, frozenset[str]]] = {place: {} for place in PLACES}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    # What happens in the clusters.

    @initialize(
        places=st.dictionaries(st.sampled_from(PLACES), st.sampled_from(KINDS), min_size=1, max_size=4)
    )
    def begin(self, places: dict[Place, str]) -> None:
        for place, kind in sorted(places.items()):
            self.world.deploy(place)
            self.world.afflict(place, "high", kind)

    @rule(place=st.sampled_from(PLACES), digest=st.booleans())
    def roll_out(self, place: Place, digest: bool) -> None:
        self.world.deploy(place, digest=digest)
        self._happened()

    @rule(place=st.sampled_from(PLACES))
    def remove(self, place: Place) -> None:
        self.world.running.pop(place, None)
        self.world.find_name(place)
        self._happened()

    @rule(place=st.sampled_from(PLACES))
    def lose_name(self, place: Place) -> None:
        if place in self.world.running:
            self.world.lose_name(place.cluster, place.namespace, place)
            self.changed = True

    @rule(cluster=st.sampled_from(CLUSTERS), namespace=st.sampled_from(NAMESPACES))
    def run_something_nameless(self, cluster: str, namespace: str) -> None:
        self.world.lose_name(cluster, namespace, None)
        self.changed = True

    @rule(place=st.sampled_from(PLACES))
    def find_name(self, place: Place) -> None:
        self.world.find_name(place)
        self.changed = True

    @rule(place=st.sampled_from(PLACES), namespace=st.sampled_from(NAMESPACES))
    def spread(self, place: Place, namespace: str) -> None:
        if place in self.world.running:
            self.world.spread(place, namespace)
            self._happened()

    @rule(
        place=st.sampled_from(PLACES),
        severity=st.sampled_from(SEVERITIES),
        kind=st.sampled_from(KINDS),
    )
    def afflict(self, place: Place, severity: str, kind: str) -> None:
        if place in self.world.running:
            self.world.afflict(place, severity, kind)
            self._happened()

    @rule(place=st.sampled_from(PLACES), data=st.data())
    def repair(self, place: Place, data: st.DataObject) -> None:
        version = self.world.running.get(place)
        if version and self.world.content[version]:
            number = data.draw(st.sampled_from(sorted(self.world.content[version])))
            self.world.deploy(place, without=number)
            self._happened()

    @precondition(lambda self: self.world.flaws)
    @rule(data=st.data(), severity=st.sampled_from(SEVERITIES))
    def judge_anew(self, data: st.DataObject, severity: str) -> None:
        self.world.flaws[self._flaw(data)].severity = severity
        self._happened()

    @precondition(lambda self: self.world.flaws)
    @rule(data=st.data())
    def name_anew(self, data: st.DataObject) -> None:
        flaw = self.world.flaws[self._flaw(data)]
        flaw.merged = not flaw.merged
        self.changed = True

    @precondition(lambda self: self.world.flaws)
    @rule(data=st.data())
    def judge_by_policy(self, data: st.DataObject) -> None:
        flaw = self.world.flaws[self._flaw(data)]
        flaw.set_aside = not flaw.set_aside
        self._happened()

    @precondition(lambda self: self.day)
    @rule(every=st.booleans())
    def lose_history(self, every: bool) -> None:
        """Lose what the audits remember, or what the newest does: all of it is news again."""
        known = sorted(self.store.list(keys.history("dag")))
        for key in known if every else known[-1:]:
            self.store.delete(key)
        self.lost = self.has_forgotten = True
        self.last = {place: dict.fromkeys(last, frozenset()) for place, last in self.last.items()}
        self.forgotten |= {number for flaws in self.told.values() for number in flaws}

    def _flaw(self, data: st.DataObject) -> int:
        number: int = data.draw(st.sampled_from(sorted(self.world.flaws)))
        return number

    def _happened(self) -> None:
        """Forget as told what is not there any more, or is as bad as it was not."""
        self.changed = True
        for place, flaws in self.told.items():
            there = self.world.alarming(place)
            self.told[place] = {n: how for n, how in flaws.items() if there.get(n) == how}

    # Audits.

    @rule(
        data=st.data(),
        whole=st.sampled_from([True, True, True, False]),
        posted=st.sampled_from([True] * 4 + [False]),
    )
    def audit_daily(self, data: st.DataObject, whole: bool, posted: bool) -> None:
        self.day += 1
        self.changed = self.lost = False
        self._daily(data.draw(sights(self.world, whole=whole)), posted=posted, again=False)

    @precondition(lambda self: any(map(self.world.alarming, PLACES)))
    @rule(data=st.data(), unrelated=st.booleans())
    def repair_and_audit(self, data: st.DataObject, unrelated: bool) -> None:
        """Fix a flaw; the next audit sees everything, so that it has to be resolved."""
        self.repair(data.draw(st.sampled_from([*filter(self.world.alarming, PLACES)])), data)
        self.day += 1
        self.changed = self.lost = False
        hidden, gaps = self.world.without_names()
        sight = Sight(unlisted=hidden, list_gaps=gaps, unrelated=unrelated)
        self._daily(sight, posted=True, again=False)

    @rule(data=st.data(), place=st.sampled_from(PLACES))
    def roll_out_and_audit(self, data: st.DataObject, place: Place) -> None:
        """Deploy a new version; the next audit may see anything of it."""
        self.roll_out(place, digest=False)
        self.audit_daily(data, whole=True, posted=True)

    @precondition(lambda self: self.day and not self.changed)
    @rule(data=st.data(), whole=MOSTLY)
    def clear_the_newest(self, data: st.DataObject, whole: bool) -> None:
        self._daily(data.draw(sights(self.world, whole=whole)), posted=True, again=True)

    def _daily(self, sight: Sight, *, posted: bool, again: bool) -> None:
        audit = self._audited(f"daily-{self.day}", self.day, Scope("scheduled", gaps=sight.list_gaps), sight)
        seen = {place: self.world.visible(place, sight) for place in PLACES}
        if posted:
            before = {place: alert.labels for place, alert in self._active().items()}
            self._notify(audit)
            self._check(audit, sight, seen, before, again=again)
            for place, flaws in seen.items():
                self.told[place] |= flaws
                self.forgotten -= flaws.keys()
        self._list(audit, sight)
        self.seen |= {number for flaws in seen.values() for number in flaws}

    def _list(self, audit: AssessedAudit, sight: Sight) -> None:
        """Remember what had no name where each version was listed last, as long as that may hide it."""
        for place, last in self.last.items():
            here = (place.cluster, place.namespace)
            names = {name for name, where in self.world.nameless.items() if where[:2] == here}
            listed = None if place in sight.unlisted else self.world.running.get(place)
            hidden = {version: known for version, known in last.items() if self._hides(audit, place, known)}
            self.last[place] = hidden | ({listed: frozenset(names)} if listed else {})

    @precondition(lambda self: self.day)
    @rule(
        data=st.data(),
        kind=st.sampled_from(["manual", "backfill", "scheduled"]),
        named=st.booleans(),
        back=st.integers(0, 3),
    )
    def audit_otherwise(self, data: st.DataObject, kind: RunKind, named: bool, back: int) -> None:
        some = kind == "scheduled" and not named
        scope = Scope(kind, named, "shop" if some else "")
        self._disturbs_nothing(
            self._audited(
                uuid.uuid4().hex,
                max(1, self.day - back),
                scope,
                data.draw(sights(self.world, anything=True)),
            )
        )

    @precondition(lambda self: self.day > 1 and not self.lost)
    @rule(data=st.data(), again=st.booleans())
    def clear_an_old_one(self, data: st.DataObject, again: bool) -> None:
        day = data.draw(st.integers(1, self.day - 1))
        run = f"daily-{day}"
        if again:
            self._audited(run, day, Scope("scheduled"), data.draw(sights(self.world)))
        self._disturbs_nothing(AuditRun(self.store, run).assessed())

    def _disturbs_nothing(self, audit: AssessedAudit) -> None:
        before = self._firing()
        self._notify(audit)
        assert self._firing() == before

    def _audited(self, run: str, day: int, scope: Scope, sight: Sight) -> AssessedAudit:
        at = (FIRST + timedelta(days=day)).isoformat()
        audit = AssessedAudit(run, at, "", "model", self.world.images(sight), scope=scope)
        audit = compare_audit(audit, History(self.store, scope.line))
        documents.write(self.store, AuditRun(self.store, run).key("findings.json"), audit)
        return audit

    def _notify(self, audit: AssessedAudit) -> None:
        names = (ALERTNAME, IMPLAUSIBLE)
        active = [alert for name in names for alert in self.alerts.active(name, praxi=self.instance)]
        changes = alert_changes(audit, POLICY, active, self.instance, datetime.now(UTC))
        self.alerts.post(changes)

    # What must hold.

    def _check(
        self,
        audit: AssessedAudit,
        sight: Sight,
        seen: dict[Place, dict[int, str]],
        before: dict[Place, dict[str, str]],
        *,
        again: bool,
    ) -> None:
        assert audit.rings
        self._check_findings(audit, sight)
        active = {place: alert.labels for place, alert in self._active().items()}
        for place in PLACES:
            if seen[place]:
                assert place in active, "what is seen is told"
                self._check_labels(place, seen[place], before.get(place), active[place], again=again)
            elif self._is_clean(place, audit, sight):
                assert place not in active, "what is gone is resolved"
        unsure = self.alerts.active(IMPLAUSIBLE, praxi=self.instance)
        assert sorted(alert.labels.get("cluster", "") for alert in unsure) == sorted(
            {gap.cluster or "" for gap in audit.scope.gaps}
        )

    def _check_findings(self, audit: AssessedAudit, sight: Sight) -> None:
        for one in audit.resolved:
            number = int(one.key.rpartition("-")[2])
            cluster, _, reference = one.image.partition("|")
            running = {v for v in self.world.running.values() if v.cluster == cluster}
            same = {v for v in running if v.reference == reference}
            others = {v for v in running if v.repository == image_repository(reference)}
            for version in same or others:
                assert number not in self.world.content[version], "what is there is not resolved"
        if sight.is_complete and not audit.scope.gaps:
            assert not audit.carried, "what was looked for is decided"

    def _check_labels(
        self,
        place: Place,
        seen: dict[int, str],
        before: dict[str, str] | None,
        now: dict[str, str],
        *,
        again: bool,
    ) -> None:
        told = self.told[place]
        is_known = self.forgotten.isdisjoint(seen)
        if before and is_known and all(told.get(number) == severity for number, severity in seen.items()):
            assert now == before, "without news nothing rings"
        if before and not again and seen.keys() - self.seen:
            assert now != before, "news ring"
        worst = min(map(severity_rank, seen.values()))
        assert severity_rank(now["severity"]) <= worst

    def _is_clean(self, place: Place, audit: AssessedAudit, sight: Sight) -> bool:
        """Return whether an audit showed that nothing alarming is at a place any more."""
        if self.world.alarming(place) or (self.has_forgotten and audit.scope.gaps):
            return False  # where what was listed is forgotten, any container without a name may be it
        now = self.world.running.get(place)
        others = [known for version, known in self.last[place].items() if version != now]
        if any(self._hides(audit, place, known) for known in (None, *others)):
            return False
        return now is None or (place not in sight.unlisted and sight.is_complete)

    def _hides(self, audit: AssessedAudit, place: Place, known: frozenset[str] | None) -> bool:
        """Return whether something of which the audit knows nothing might be what ran at a place."""
        return any(
            gap.cluster in {None, place.cluster}
            and gap.namespace in {"", place.namespace}
            and (not gap.containers or (known is not None and not known.issuperset(gap.containers)))
            for gap in audit.scope.gaps
        )

    @invariant()
    def what_is_still_there_still_fires(self) -> None:
        active = self._active()
        for place, flaws in self.told.items():
            assert not flaws or place in active, "nobody saw that it is gone"

    def _active(self) -> dict[Place, Alert]:
        found = self.alerts.active(ALERTNAME, praxi=self.instance)
        places = [
            Place(alert.labels["cluster"], image_repository(alert.labels["image"]), alert.labels["namespace"])
            for alert in found
        ]
        assert len(places) == len(set(places)), "one alert per place"
        return dict(zip(places, found, strict=True))

    def _firing(self) -> set[frozenset[tuple[str, str]]]:
        names = (ALERTNAME, IMPLAUSIBLE)
        return {a.identity for name in names for a in self.alerts.active(name, praxi=self.instance)}


def live(machine: type[Life], examples: int) -> None:
    """Live many lives."""
    run_machine(
        machine,
        settings=settings(
            max_examples=EXAMPLES or examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_alert_ends_unseen_and_each_that_should_does() -> None:
    live(Life, 100)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    with receiver() as told, alertmanager(tmp_path_factory.mktemp("alertmanager"), told.url) as url:
        yield Alertmanager(url, "")


@pytest.mark.needs("prometheus-alertmanager")
@pytest.mark.server
@pytest.mark.slow
def test_so_it_is_with_an_alertmanager(server: Alertmanager) -> None:
    namespace: dict[str, Any] = {"server": staticmethod(lambda: server)}
    live(type("ServedLife", (Life,), namespace), 20)
