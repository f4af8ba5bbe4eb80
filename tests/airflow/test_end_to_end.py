"""The whole audit in a real Airflow, on a real registry, a real Prometheus and a real Alertmanager."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from praxi_airflow.run_key import run_key
from praxi_tasks.notify import Alert, Alertmanager
from tests.airflow.looking import complaints, walked
from tests.airflow.world import DAY, PYTHON, World, today, world
from tests.support.airflow import Airflow, airflow
from tests.support.airflow_home import ROOT
from tests.support.alertmanager import alertmanager
from tests.support.browser import chromium
from tests.support.otlp import Receiver, SeenSpan, otlp_receiver
from tests.support.proxy import SILENCE, proxy

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.needs(str(PYTHON)),
]

HOUR = timedelta(hours=1)
TOKEN = "the-webhooks-token"
YESTERDAY = today() - DAY
LAST_DAYS = (YESTERDAY, today())  # which of them the schedule means changes if midnight falls between
PAST = [today() - number * DAY for number in (5, 4, 3)]
EMPTY = today() - 20 * DAY
HISTORY = [
    *(("shop", day, day + 3 * HOUR) for day in LAST_DAYS),
    *(("farm", day + 5 * HOUR, day + 5 * HOUR + timedelta(minutes=1)) for day in LAST_DAYS),
    *(("gone", day + 7 * HOUR, day + 8 * HOUR) for day in LAST_DAYS),
    ("shop", PAST[0] + 2 * HOUR, PAST[0] + 4 * HOUR),
    ("zoo", PAST[0] + 20 * HOUR, PAST[1] + 3 * HOUR),
    ("bank", PAST[2], PAST[2] + timedelta(minutes=1)),
    ("zoo", PAST[2] + 5 * HOUR, PAST[2] + 6 * HOUR),
]
OF_EACH_DAY = [{"shop", "zoo"}, {"zoo"}, {"bank", "zoo"}]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world"), HISTORY) as running:
        yield running


CONSUMER = """
from airflow.sdk import Asset, dag, task

@dag(schedule=[Asset("praxi_audit_report", uri="x-praxi://audit/report")], is_paused_upon_creation=False)
def report_consumer():
    @task
    def read(triggering_asset_events=None):
        (events,) = triggering_asset_events.values()
        return [dict(event.extra) for event in events]
    read()

report_consumer()
"""


def bundles(folder: Path) -> str:
    """Return the setting of Airflow that reads the tree's Dags and one that is scheduled on reports."""
    (folder / "consumer.py").write_text(CONSUMER)
    local = "airflow.dag_processing.bundles.local.LocalDagBundle"
    paths = {"dags-folder": ROOT / "dags", "consumers": folder}
    return json.dumps(
        [{"name": name, "classpath": local, "kwargs": {"path": str(path)}} for name, path in paths.items()]
    )


@pytest.fixture(scope="module")
def traces() -> Iterator[Receiver]:
    with otlp_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(cluster: World, traces: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    extra = {
        "AIRFLOW__TRACES__OTEL_ON": "true",
        "OTEL_SERVICE_NAME": "airflow",
        "OTEL_TRACES_EXPORTER": "otlp_proto_http",
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
        "AIRFLOW__PRAXI__OTLP_ENDPOINT": traces.url,
        "AIRFLOW_CONN_PRAXI_WEBHOOK": json.dumps({"conn_type": "http", "password": TOKEN}),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": bundles(tmp_path_factory.mktemp("consumers")),
    }
    with airflow(tmp_path_factory.mktemp("airflow"), cluster.variables() | extra) as running:
        paused = {each["dag_id"]: each["is_paused"] for each in running.call("GET", "/dags")["dags"]}
        assert {name for name, each in paused.items() if each} == paused.keys() - {"report_consumer"}
        running.trigger("praxi_audit", {"images": [cluster.references["shop"]]})  # before it is switched on
        running.cli("dags", "unpause", "praxi_audit")
        yield running


def date_of(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["logical_date"])


def scheduled(server: Airflow) -> list[tuple[datetime, str]]:
    """Return day and id of the audits that the schedule started, oldest first."""
    runs = [run for run in server.runs("praxi_audit") if run["run_type"] == "scheduled"]
    return [(date_of(run), str(run["dag_run_id"])) for run in runs]


def run_on(server: Airflow, dag_id: str, date: datetime) -> str:
    """Return the id of the one run of a day."""
    (run,) = [run for run in server.runs(dag_id) if run["logical_date"] and date_of(run) == date]
    return str(run["dag_run_id"])


def unlike(states: dict[str, list[str]], *wanted: str) -> dict[str, list[str]]:
    """Return the tasks of which an instance did not end as wanted."""
    return {name: each for name, each in states.items() if not set(each) <= set(wanted)}


def backfill(
    server: Airflow, first: datetime, last: datetime, *options: str
) -> dict[datetime, dict[str, list[str]]]:
    """Backfill some days and return how the tasks of each ended."""
    server.backfill("praxi_audit", first.isoformat(), last.isoformat(), "--max-active-runs", "3", *options)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return {day: server.wait_for("praxi_audit", run_on(server, "praxi_audit", day)) for day in days}


def test_yesterday_is_audited_by_schedule(server: Airflow, cluster: World) -> None:
    server.wait_until(lambda: bool(scheduled(server)))
    day, run_id = scheduled(server)[0]
    assert day in LAST_DAYS
    states = server.wait_for("praxi_audit", run_id)
    assert unlike(states, "success") == {}
    ended = cluster.states(run_id)
    assert ended.pop(f"{cluster.registry}/gone:1.0") == "failed"
    (told,) = [line for line in server.log("praxi_audit", run_id, "plan") if "gone:1.0: the" in line["event"]]
    assert (told["level"], told["logger"]) == ("warning", "praxi_tasks.audit.plan")  # as the command said it
    assert set(ended) == {"shop", "farm"}
    assert set(ended.values()) <= {"audited", "cached"}
    # farm is new to the model: training was asked for, once, with where to read what.
    (asked,) = [run for run in server.runs("praxi_train") if run["logical_date"] and date_of(run) == day]
    assert asked["dag_run_id"] == f"audit__{day.isoformat()}"
    request = json.loads(Path(urlsplit(asked["conf"]["request"]).path).read_bytes())
    assert [package["name"] for package in request["packages"]] == ["farm"]


def test_the_first_scheduled_run_does_not_hold_up_an_operators_own(server: Airflow) -> None:
    server.wait_until(lambda: bool(scheduled(server)))
    manual = [run for run in server.runs("praxi_audit") if run["run_type"] == "manual"]
    own = min(manual, key=lambda run: str(run["queued_at"]))  # the one from before it was switched on
    runs = (own["dag_run_id"], scheduled(server)[0][1])
    for run_id in runs:
        server.wait_for("praxi_audit", run_id)
    spans = [server.run("praxi_audit", run_id) for run_id in runs]
    assert max(run["start_date"] for run in spans) < min(run["end_date"] for run in spans)
    ahead, behind = (server.weights("praxi_audit", run_id) for run_id in runs)
    assert min(ahead.values()) > max(behind.values())


def reports_read(server: Airflow) -> dict[str, str]:
    """Return, by the audit's run, which report the Dag that is scheduled on reports was given."""
    given: dict[str, str] = {}
    for run in server.runs("report_consumer"):
        if run["state"] == "success":
            read = f"/dags/report_consumer/dagRuns/{quote(run['dag_run_id'], safe='')}/taskInstances/read"
            extras = server.call("GET", f"{read}/xcomEntries/return_value?deserialize=true")["value"]
            given |= {extra["run"]: extra["report"] for extra in extras}
    return given


def test_a_dag_that_is_scheduled_on_reports_runs_and_gets_the_reports_place(
    server: Airflow, cluster: World
) -> None:
    image = cluster.references["shop"]
    run_id = server.trigger("praxi_audit", {"images": [image]})
    server.wait_for("praxi_audit", run_id)
    server.wait_until(lambda: run_key(run_id) in reports_read(server))
    report = json.loads(Path(urlsplit(reports_read(server)[run_key(run_id)]).path).read_bytes())
    assert [each["image"] for each in report["images"]] == [image]


def test_the_report_task_links_to_the_report(server: Airflow, cluster: World) -> None:
    run_id = server.trigger("praxi_audit", {"images": [cluster.references["shop"]]})
    server.wait_for("praxi_audit", run_id)
    task = f"/dags/praxi_audit/dagRuns/{quote(run_id, safe='')}/taskInstances"
    (link,) = server.call("GET", f"{task}/report/links")["extra_links"].items()
    assert link == ("Praxi report", f"{server.url}/praxi/reports/praxi_audit/{quote(run_id, safe='')}")
    assert server.call("GET", f"{task}/plan/links")["extra_links"] == {}


def test_people_can_read_every_page_at_every_width_light_and_dark(server: Airflow, cluster: World) -> None:
    server.wait_until(lambda: bool(scheduled(server)))
    server.wait_for("praxi_audit", scheduled(server)[0][1])
    with chromium() as browser:
        assert complaints(browser, server, cluster.references["shop"]) == []
        assert walked(browser, server, cluster.references["shop"]) == cluster.references["shop"]


@pytest.fixture(scope="module")
def by_hand(server: Airflow, cluster: World) -> str:
    """Return the id of a run that somebody started for one image, when it has ended."""
    run_id = server.trigger("praxi_audit", {"images": [cluster.references["bank"]], "force": True})
    assert unlike(server.wait_for("praxi_audit", run_id), "success") == {}
    return run_id


def test_by_hand_only_the_named_images_are_audited(cluster: World, by_hand: str) -> None:
    assert cluster.states(by_hand) == {"bank": "audited"}


STEPS = {"praxi-plan", "praxi-fingerprint", "praxi-predict", "praxi-report"}


def trace_of(traces: Receiver, run_id: str) -> dict[str, SeenSpan]:
    """Return the spans of a run's trace by id, once they are there: each process sends its own at its end."""
    of_run = (span for span in traces.named("dag_run.praxi_audit") if run_id in span.attributes.values())
    root = next(of_run, None)
    spans = {span.id: span for span in traces.traces()[root.trace]} if root else {}
    is_whole = {span.service for span in spans.values()} >= STEPS
    return spans if is_whole and strangers(spans) == [root] else {}


def strangers(spans: Mapping[str, SeenSpan]) -> list[SeenSpan]:
    """Return the spans whose parent is not there."""
    return [span for span in spans.values() if span.parent not in spans]


def test_an_audit_is_one_connected_trace_through_all_services(
    server: Airflow, traces: Receiver, by_hand: str
) -> None:
    server.wait_until(lambda: bool(trace_of(traces, by_hand)))
    spans = trace_of(traces, by_hand)
    for step in STEPS:
        (command,) = [span for span in spans.values() if (span.service, span.kind) == (step, "SERVER")]
        asked = spans[command.parent]
        assert (asked.service, asked.kind, asked.name) == ("airflow", "CLIENT", command.name)
        assert spans[asked.parent].name.startswith("worker.")
    assert {(span.service, span.name) for span in spans.values()} >= {
        ("praxi-plan", "GET"),
        ("praxi-fingerprint", "read layer"),
        ("praxi-predict", "load model"),
        ("praxi-predict", "predict layer"),
    }
    log = server.log("praxi_audit", by_hand, "fingerprint", map_index=0)
    told = {(line["trace_id"], line["span_id"]) for line in log if "span_id" in line}
    assert told
    assert told <= {(span.trace, span.id) for span in spans.values()}


def test_by_hand_wrong_parameters_are_refused(server: Airflow) -> None:
    for conf in ({"images": "one"}, {"images": [""]}, {"platform": "linux"}, {"force": "yes"}):
        with pytest.raises(AssertionError, match=r": 4\d\d "):
            server.trigger("praxi_audit", conf)


def test_a_task_that_is_ended_by_hand_leaves_no_process(server: Airflow) -> None:
    with proxy("http://127.0.0.1:1") as registry:
        registry.always = SILENCE
        image = f"{registry.url.removeprefix('http://')}/shop:1.0"
        run_id = server.trigger("praxi_audit", {"images": [image]})
        server.wait_until(lambda: bool(processes(run_key(run_id))))
        server.end_task("praxi_audit", run_id, "plan")
        server.wait_until(lambda: not processes(run_key(run_id)))
    states = server.wait_for("praxi_audit", run_id)
    assert states["plan"] == ["failed"]
    assert states["report"] == ["upstream_failed"]


def processes(run: str) -> list[str]:
    """Return the command lines of the tasks' processes that work on a run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = entry.read_bytes().decode(errors="replace").split("\0")
            if "praxi_tasks" in words and run in words:
                found.append(" ".join(words))
    return found


def test_a_backfill_audits_the_images_of_each_day_and_does_no_work_twice(
    server: Airflow, cluster: World
) -> None:
    first = backfill(server, PAST[0], PAST[2], "--run-backwards")
    for states in first.values():
        assert unlike(states, "success", "skipped") == {}
        assert states["report"] == ["success"]
    runs = [run_on(server, "praxi_audit", day) for day in PAST]
    assert [set(cluster.states(run)) for run in runs] == OF_EACH_DAY
    layers, trainings = cluster.layers(), len(server.runs("praxi_train"))
    again = backfill(server, PAST[0], PAST[2], "--reprocess-behavior", "completed")
    assert [set(cluster.states(run).values()) for run in runs] == [{"cached"}] * 3
    assert all(unlike(states, "success", "skipped", "removed") == {} for states in again.values())
    assert not any("success" in states["fingerprint"] for states in again.values())
    assert cluster.layers() == layers
    assert len(server.runs("praxi_train")) == trainings


def test_a_day_without_containers_is_an_empty_audit(server: Airflow, cluster: World) -> None:
    (states,) = backfill(server, EMPTY, EMPTY).values()
    assert states.pop("fingerprint") == ["skipped"]
    assert states.pop("train") == ["skipped"]
    assert states.pop("new_packages") == ["skipped"]
    assert unlike(states, "success") == {}
    assert cluster.states(run_on(server, "praxi_audit", EMPTY)) == {}


def drifts(server: Airflow) -> list[dict[str, Any]]:
    """Return the trainings that a drifting model asked for."""
    return [run for run in server.runs("praxi_train") if run["dag_run_id"].startswith("drift__")]


@pytest.mark.needs("prometheus-alertmanager")
def test_a_real_alertmanager_starts_one_training_for_an_episode(server: Airflow, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    labels = {"alertname": "PraxiModelDrift", "action": "retrain", "instance": "prod"}
    ends = (now + HOUR).isoformat()
    webhook = f"{server.url}/praxi/webhooks/alertmanager"
    with alertmanager(tmp_path, webhook, token=TOKEN) as url:
        sender = Alertmanager(url, "")
        sender.post([Alert(labels, {}, now.isoformat(), ends)])
        server.wait_until(lambda: bool(drifts(server)))
        sender.post([Alert(labels, {"told": "again"}, now.isoformat(), ends)])
        sender.post([Alert({**labels, "severity": "x"}, {}, now.isoformat(), ends)])
        server.wait_until(lambda: len(drifts(server)) == 2)
    runs = drifts(server)
    assert len({run["dag_run_id"].split("__")[1] for run in runs}) == 2
    assert all(run["conf"]["request"].startswith("file://") for run in runs)
