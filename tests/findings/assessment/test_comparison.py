"""What later runs make of earlier ones: only the newest complete daily audit changes what is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment.comparison import compare_audit
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, ModelHealth
from praxi_tasks.findings.assessment.history import History
from praxi_tasks.findings.report import audit_metrics
from praxi_tasks.findings.scope import ListGap, RunKind, Scope
from praxi_tasks.store import Store, open_store

FLAW = Finding("vulnerable", "CVE-2026-1", "flask is misled", "high", package="pypi/flask", exploited=True)
BOTH = ("eu", "us")
DAILY = Scope("scheduled", clusters=BOTH)
HEALTH = ModelHealth(recognised=10, unsure=1, confidence=9.0, files=100, unexplained=10)
WORSE = ModelHealth(recognised=10, unsure=9, confidence=2.0, files=100, unexplained=90)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path))


def web(cluster: str, *findings: Finding, namespace: str = "shop") -> AssessedImage:
    return AssessedImage("web:1", cluster=cluster, namespaces=(namespace,), findings=findings)


def run(
    store: Store, day: int, *images: AssessedImage, scope: Scope = DAILY, health: ModelHealth = HEALTH
) -> AssessedAudit:
    at = f"2026-11-{day:02}T00:00:00+00:00"
    audit = AssessedAudit(f"run-{day}-{scope.kind}", at, "", "m", images, scope=scope, health=health)
    return compare_audit(audit, History(store, scope.line), plausible_share=0)


def test_a_blind_cluster_resolves_nothing_of_its_own_and_all_of_the_others(store: Store) -> None:
    run(store, 1, web("eu", FLAW), web("us", FLAW), web("us", namespace="bank"))
    seen = run(store, 2, web("eu"), scope=msgspec.structs.replace(DAILY, clusters=("eu",)))
    assert [one.image for one in seen.resolved] == ["eu|web:1"]
    assert [one.image for one in seen.carried] == ["us|web:1"]
    assert [gap.cluster for gap in seen.scope.gaps] == ["us"]
    assert seen.scope.is_whole_of("eu")
    still = run(store, 3, web("eu"), scope=msgspec.structs.replace(DAILY, clusters=("eu",)))
    assert [one.image for one in still.carried] == ["us|web:1"]
    gone = run(store, 4, web("eu"), scope=Scope("scheduled", clusters=("eu",), expected=("eu",)))
    assert [one.image for one in gone.resolved] == ["us|web:1"]
    assert gone.scope.whole


def test_a_container_without_a_name_for_ever_keeps_nothing_open_for_ever(store: Store) -> None:
    broken = msgspec.structs.replace(DAILY, gaps=(ListGap("no name", "eu", "shop", ("main 1",)),))
    job = AssessedImage("job:1", cluster="eu", namespaces=("shop",), findings=(FLAW,))
    run(store, 1, web("eu", FLAW), job, web("us"))
    first = run(store, 2, web("eu", FLAW), web("us"), scope=broken)
    assert [one.image for one in first.carried] == ["eu|job:1"], "it may be what the container runs"
    second = run(store, 3, web("us"), scope=broken)
    assert [one.image for one in second.resolved] == ["eu|web:1"], "it ran beside the container"
    assert [one.image for one in second.carried] == ["eu|job:1"]
    third = run(store, 4, web("us"))
    assert [one.image for one in third.resolved] == ["eu|job:1"]


def test_what_could_not_be_looked_for_stays_in_trend_and_metrics(store: Store) -> None:
    run(store, 1, web("eu"), web("us", FLAW))
    blind = run(store, 2, web("eu"), scope=msgspec.structs.replace(DAILY, clusters=("eu",)))
    assert [point.severities for point in blind.trend] == [{"high": 1}] * 2
    metrics = audit_metrics(blind, {})
    us = {"cluster": "us"}
    assert metrics.get_sample_value("praxi_findings", {**us, "kind": "vulnerable", "severity": "high"}) == 1
    assert metrics.get_sample_value("praxi_findings_exploited", us) == 1
    assert metrics.get_sample_value("praxi_findings_carried", us) == 1
    assert metrics.get_sample_value("praxi_findings_carried", {"cluster": "eu"}) == 0


def test_how_well_the_model_does_is_said_of_the_last_list_of_all_clusters(store: Store) -> None:
    half = msgspec.structs.replace(DAILY, gaps=(ListGap("silent", "us"),))
    nameless = msgspec.structs.replace(DAILY, gaps=(ListGap("no name", "us", "shop", ("main 1",)),))
    assert run(store, 1, web("eu"), health=WORSE, scope=half).health == WORSE, "there is no other"
    run(store, 2, web("eu"), web("us"))
    for day in (3, 4):
        assert run(store, day, web("eu"), health=WORSE, scope=half).health == HEALTH
    assert run(store, 5, web("eu"), health=WORSE, scope=nameless).health == WORSE


@pytest.mark.parametrize(
    ("kind", "named", "namespaces"),
    [("manual", True, ""), ("manual", False, ""), ("backfill", False, ""), ("scheduled", False, "shop")],
)
def test_other_runs_never_disturb_the_daily_line(
    store: Store, kind: RunKind, named: bool, namespaces: str
) -> None:
    run(store, 1, web("eu", FLAW), web("us", FLAW))
    other = run(store, 2, web("eu"), scope=Scope(kind, named, namespaces), health=WORSE)
    assert not other.rings
    assert (other.resolved, other.carried) == ((), ())
    history = History(store, "dag")
    assert history.is_newest("2026-11-01T00:00:00+00:00")
    after = run(store, 3, web("eu", FLAW), web("us", FLAW))
    assert (after.new, after.resolved) == (frozenset(), ())
    assert len(after.trend) == 2
    assert {finding.since[:10] for image in after.images for finding in image.findings} == {"2026-11-01"}


def test_an_older_daily_run_that_is_cleared_changes_nothing_later(store: Store) -> None:
    for day in (1, 2):
        run(store, day, web("eu", FLAW), web("us"))
    cleared = run(store, 1, web("eu"), web("us"))
    assert not cleared.rings
    assert run(store, 3, web("eu", FLAW), web("us")).new == frozenset()
