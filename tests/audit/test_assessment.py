"""What a run leaves about its images' findings, and what the next run makes of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from praxi_tasks.audit.assessment import load_policy, make_assessor
from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.predict import PredictionOutcome
from praxi_tasks.audit.run import AuditRun
from praxi_tasks.audit.timing import read_durations, timed
from praxi_tasks.discovery import Model
from praxi_tasks.errors import PolicyError
from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.findings.scope import DOCUMENT, ListGap, Scope
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import Store, documents
from tests.findings.osv import record, write_feeds
from tests.support.images import image
from tests.support.packages import SHOP, TILL
from tests.support.registry import Registry

FLAW = record("PYSEC-2026-1", "shoplib", {"introduced": "0"}, {"fixed": "1.1"}, aliases=["CVE-2026-0001"])


DAILY = Scope(kind="scheduled")


def audited(
    store: Store,
    run_id: str,
    day: int,
    images: list[str],
    model: Model,
    feeds: Path,
    scope: Scope = DAILY,
) -> AssessedAudit:
    """Run an audit of one day, step by step, and return what it found."""
    run = AuditRun(store, run_id)
    documents.write(store, run.key("images.json"), named_images(images) if images else ())
    documents.write(store, run.key(DOCUMENT), scope)
    interval = f"2026-11-{day:02}T00:00:00+00:00/2026-11-{day + 1:02}T00:00:00+00:00"
    plan = run.plan(Platform(), interval=interval)
    for batch in range(plan.batches):
        run.fingerprint(batch)
    run.predict(model)
    assert run.day() == date(2026, 11, day + 1)
    run.report(make_assessor(str(feeds), None, run.day(), store))
    return documents.read(store, run.key("findings.json"), AssessedAudit)


def keys_of(found: frozenset[tuple[str, str]]) -> set[str]:
    return {key.split("|")[1] for _, key in found}


def test_runs_remember_each_other(registry: Registry, store: Store, model: Model, tmp_path: Path) -> None:
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    shop = registry.push("assess/shop:1", image([SHOP.layer()]))
    till = registry.push("assess/till:1", image([TILL.layer(metadata=False)]))
    first = audited(store, "r1", 1, [shop], model, feeds)
    assert keys_of(first.new) == {"CVE-2026-0001"}
    assert first.feeds[0].name == "PyPI"
    assert first.health.recognised == 1
    second = audited(store, "r2", 2, [shop, till], model, feeds)
    assert keys_of(second.new) == {"PRAXI-HIDDEN"}
    assert second.images[0].findings[0].since == "2026-11-02T00:00:00+00:00"
    assert [point.images for point in second.trend] == [1, 2]
    third = audited(store, "r3", 3, [till], model, feeds)
    assert [(item.image, item.key.split("|")[1]) for item in third.resolved] == [(shop, "CVE-2026-0001")]
    again = audited(store, "r2", 2, [shop, till], model, feeds)  # cleared and run anew, after the third
    assert (again.new, again.trend) == (second.new, second.trend)
    assert (third.rings, again.rings) == (True, False)
    assert first.rings, "it was the newest when it was written"
    assert [AuditRun(store, run).assessed().rings for run in ("r1", "r2", "r3")] == [False, False, True]


OTHER_RUNS = [
    Scope(kind="manual", named=True),
    Scope(kind="scheduled", namespaces="shop"),
    Scope(kind="backfill"),
]


@pytest.mark.parametrize("scope", OTHER_RUNS)
def test_other_runs_do_not_disturb_the_daily_line(
    registry: Registry, store: Store, model: Model, tmp_path: Path, scope: Scope
) -> None:
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    shop = registry.push("assess/shop:1", image([SHOP.layer()]))
    till = registry.push("assess/till:1", image([TILL.layer(metadata=False)]))
    audited(store, "daily-1", 1, [shop], model, feeds)
    other = audited(store, "other", 2, [till], model, feeds, scope)
    assert (other.rings, other.resolved, len(other.new)) == (False, (), 1)
    again = audited(store, "daily-3", 3, [shop], model, feeds)
    assert (again.rings, again.new, again.resolved, len(again.trend)) == (True, frozenset(), (), 2)


def test_a_day_of_which_nothing_is_known_resolves_nothing(
    registry: Registry, store: Store, model: Model, tmp_path: Path
) -> None:
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    shop = registry.push("assess/shop:1", image([SHOP.layer()]))
    audited(store, "daily-1", 1, [shop], model, feeds)
    for scope in (DAILY, Scope(kind="scheduled", gaps=(ListGap("silent"),))):
        blind = audited(store, "daily-2", 2, [], model, feeds, scope)
        assert blind.resolved == ()
        assert [one.image for one in blind.carried] == [shop]
        assert not blind.scope.whole
        assert blind.coverage[0].is_gap


def test_a_run_leaves_tables_sboms_and_sarif(
    registry: Registry, store: Store, model: Model, tmp_path: Path
) -> None:
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    audit = audited(store, "r1", 1, [registry.push("assess/one:1", image([SHOP.layer()]))], model, feeds)
    digest = audit.images[0].digest.replace(":", "-")
    for name in ("report.html", "findings.sarif", f"sboms/{digest}.cdx.json", f"sboms/{digest}.spdx.json"):
        assert store.exists(f"audits/r1/{name}")
    (tmp_path / "findings.parquet").write_bytes(store.get("audits/r1/tables/findings.parquet"))
    table = duckdb.read_parquet(str(tmp_path / "findings.parquet"))
    assert table.filter("kind = 'vulnerable'").select("id, is_new").fetchall() == [("CVE-2026-0001", True)]


def test_a_report_reads_each_document_of_a_layer_once(
    registry: Registry, store: Store, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    shared, own = SHOP.layer(), TILL.layer(metadata=False)
    images = [
        registry.push("assess/shared:1", image([shared])),
        registry.push("assess/both:1", image([shared, own])),
        registry.push("assess/reversed:1", image([own, shared])),
    ]
    audited(store, "r1", 1, images, model, feeds)
    reads: Counter[str] = Counter()
    get = store.get

    def counted(key: str) -> bytes:
        reads[key] += 1
        return get(key)

    monkeypatch.setattr(store, "get", counted)
    run = AuditRun(store, "r1")
    run.report(make_assessor(str(feeds), None, run.day(), store))
    of_layers = {key: count for key, count in reads.items() if key.startswith(("layers/", "predictions/"))}
    assert len(of_layers) == 2 * len(("changeset", "inventory", "prediction"))
    assert set(of_layers.values()) == {1}


def test_a_policy_may_lie_in_a_store(store: Store) -> None:
    store.put("policies/policy.yaml", b"stale_feed_days: 2")
    assert load_policy(f"{store.uri}/policies/policy.yaml").stale_feed_days == 2
    assert load_policy("").stale_feed_days == 7
    with pytest.raises(PolicyError, match="no policy"):
        load_policy(f"{store.uri}/policies/other.yaml")


def test_durations_of_batches_add_up_and_failures_have_none(store: Store) -> None:
    for batch in (0, 1):
        with timed(store, "r", "fingerprint", batch):
            pass
    with pytest.raises(ValueError, match="broken"), timed(store, "r", "predict"):
        raise ValueError("broken")
    assert set(read_durations(store, "r")) == {"fingerprint"}
    assert read_durations(store, "r")["fingerprint"] >= 0


def test_coverage_is_in_every_document_of_a_run(
    registry: Registry, store: Store, model: Model, tmp_path: Path
) -> None:
    feeds = write_feeds(tmp_path / "feeds", PyPI=[FLAW])
    shop = registry.push("assess/shop:1", image([SHOP.layer()]))
    audited(store, "r1", 1, [shop], model, feeds)
    for name in ("report.json", "findings.json"):
        document = json.loads(store.get(f"audits/r1/{name}"))
        assert [one["aspect"] for one in document["coverage"]] == ["images", "knowledge"]
        found = {one["aspect"]: one for one in document["images"][0]["coverage"] if one["subject"] == "pypi"}
        assert found["knowledge"]["state"] == "checked"
        assert found["outdated"]["state"] == "not-checked"
    known = documents.read(store, "audits/r1/predictions.json", PredictionOutcome).knowledge
    assert known is not None
    assert (known.unknown, known.packages["pypi"] > 0) == ({}, True)
