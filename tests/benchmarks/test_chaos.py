"""A small chaos campaign in simulation, and the checks, each of which must find what it is for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks import chaos_checks as checks
from benchmarks.chaos_images import chaos_images, is_broken
from benchmarks.chaos_results import PartResult
from benchmarks.chaos_simulation import simulate
from praxi_tasks.audit import AuditReport, State
from praxi_tasks.audit.report import ReportedImage
from praxi_tasks.discovery import Model
from praxi_tasks.notify import Alert
from praxi_tasks.notify.finding_alerts import Place
from praxi_tasks.store import keys, open_store


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> PartResult:
    *earlier, whole = simulate(tmp_path_factory.mktemp("chaos"), 12, 0.2, 1, Model(), batches=4)
    assert [len(each.audits) for each in earlier] == [1, 2]
    return whole


def test_everything_holds_in_chaos_and_after_it(campaign: PartResult) -> None:
    assert [audit.breaches for audit in campaign.audits] == [[], [], []]


def test_an_image_that_can_not_be_read_fails_alone_and_is_audited_afterwards(campaign: PartResult) -> None:
    broken = sum(is_broken(f"/{image.name.removesuffix(':1.0')}/") for image in chaos_images(12, 1))
    calm, chaos, after = campaign.audits
    assert broken == 1
    assert calm.states == {"audited": 12}
    assert chaos.states == {"audited": 11, "failed": 1}
    assert after.states == {"cached": 11, "audited": 1}


def test_requests_to_each_server_went_wrong(campaign: PartResult) -> None:
    for server in ("registry", "store"):
        assert sum(campaign.faults[server].values()) > campaign.requests[server] / 10
    assert campaign.facts["alerts to keep"] == 4
    assert sum(campaign.kills.values()) > 0


def report(*images: ReportedImage) -> AuditReport:
    return AuditReport("model", "", images, ())


AUDITED = ReportedImage("a:1", layers=(0,))
FAILED = ReportedImage("b:1", state=State.FAILED, reason="gone")


def test_an_image_is_missed_doubled_or_without_a_reason() -> None:
    assert not list(checks.one_state_each(["a:1", "b:1"], report(AUDITED, FAILED)))
    assert list(checks.one_state_each(["a:1", "b:1"], report(AUDITED))) == [
        "b:1 was to be audited and is not in the report"
    ]
    assert list(checks.one_state_each(["a:1"], report(AUDITED, AUDITED))) == [
        "a:1 is in the report 2 times, and was to be audited 1 times"
    ]
    silent = msgspec.structs.replace(FAILED, reason=None)
    assert list(checks.one_state_each(["b:1"], report(silent))) == ["b:1 is failed and its reason is None"]


def test_an_image_that_failed_without_a_cause_is_told() -> None:
    assert list(checks.all_audited(report(AUDITED, FAILED))) == ["b:1 failed though nothing went wrong: gone"]


def test_a_pod_that_was_left_is_told() -> None:
    pod = {"metadata": {"name": "praxi-plan", "labels": {"task_id": "plan"}}, "status": {"phase": "Failed"}}
    assert list(checks.no_pod_left([pod], ["praxi-1"])) == [
        "pod praxi-plan of task plan was left, Failed",
        "the containers of praxi-1 were left on the node",
    ]


def test_an_object_that_is_not_whole_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    digest = "sha256:" + "1" * 64
    for key in (
        keys.layer_tagset(digest),
        keys.layer_prediction(digest, "model"),
        keys.run("r", "plan.json"),
    ):
        store.put(key, b"{")
    store.put(keys.run("r", "report.html"), b"<html>")
    assert len(list(checks.store_is_readable(store))) == 3


def test_a_place_where_no_alert_fires_any_more_is_told() -> None:
    alert = Alert({"alertname": "PraxiFindings", "image": "r.example/a", "namespace": "shop"})
    here = Place.of(alert)
    assert not list(checks.no_alert_resolved([here], [alert]))
    assert list(checks.no_alert_resolved([here], [])) == [
        "no alert fires for r.example/a in shop, where the finding still is"
    ]


def test_what_is_said_of_an_image_must_be_the_same() -> None:
    calm = {"a:1": ((1, 2), (3, 4))}
    assert not list(checks.same_facts(calm, dict(calm)))
    assert list(checks.same_facts(calm, {"a:1": ((1, 2), (5, 6))})) == [
        "a:1: missing [(3, 4)], and too much: [(5, 6)]"
    ]
