"""The whole audit in a real Airflow, on a real registry, a real Prometheus and a real Alertmanager."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from praxi_airflow.run_key import run_key
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.risk_register import RiskRegister
from praxi_tasks.notify import Alert, Alertmanager, SharedView, sign
from praxi_tasks.store import open_store
from tests.airflow import acting, looking
from tests.airflow.consumer import bundles, reports_read
from tests.airflow.exhibits import exhibit, exhibited_pages
from tests.airflow.world import DAY, PYTHON, World, today, world
from tests.support.airflow import Airflow, airflow
from tests.support.alertmanager import alertmanager
from tests.support.browser import chromium
from tests.support.otlp import Receiver, SeenSpan, otlp_receiver
from tests.support.process import running_with
from tests.support.proxy import SILENCE, proxy

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.needs(str(PYTHON)),
]

HOUR = timedelta(hours=1)
TOKEN = "the-webhooks-token"
LINK_KEY = "the-key-that-signs-links-of-the-tests"
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
        "AIRFLOW__CORE__MULTI_TEAM": "True",
        "AIRFLOW_CONN_PRAXI_LINKS": json.dumps({"conn_type": "http", "password": LINK_KEY}),
    }
    settings = cluster.variables(audit_registries=cluster.registry, link_scope="namespace") | extra
    with airflow(
        tmp_path_factory.mktemp("airflow"), settings, people=looking.PEOPLE, teams=looking.TEAMS
    ) as running:
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


@pytest.fixture(scope="module")
def shown(server: Airflow, cluster: World) -> AssessedAudit:
    """Return an audit that the pages can show, beside the small world's own."""
    server.wait_until(lambda: bool(scheduled(server)))
    server.wait_for("praxi_audit", scheduled(server)[0][1])
    return exhibit(open_store(cluster.store.as_uri()), cluster.model)


def test_people_can_read_every_page_at_every_width_light_and_dark(
    server: Airflow, cluster: World, shown: AssessedAudit, by_hand: str
) -> None:
    small = looking.found_pages(cluster.references["shop"])
    pages = {f"{name}-small": path for name, path in small.items()}
    pages |= exhibited_pages(shown) | looking.acting_pages(by_hand)
    with chromium() as browser:
        for theme in looking.THEMES:
            assert looking.complaints(browser, server, "admin", pages, theme=theme, pictures=True) == []
        assert looking.walked(browser, server, cluster.references["shop"]) == cluster.references["shop"]


@pytest.mark.parametrize(
    ("person", "theme", "width"), [("viewer", "dark", 400), ("user", "light", 1044), ("op", "dark", 1440)]
)
def test_each_role_can_read_each_page(
    server: Airflow, shown: AssessedAudit, by_hand: str, person: str, theme: str, width: int
) -> None:
    pages = exhibited_pages(shown) | looking.acting_pages(by_hand)
    with chromium() as browser:
        assert looking.complaints(browser, server, person, pages, theme=theme, widths=(width,)) == []


def test_who_is_nobody_or_of_another_team_reads_nothing(
    server: Airflow, shown: AssessedAudit, by_hand: str
) -> None:
    pages = exhibited_pages(shown) | looking.acting_pages(by_hand)
    with chromium() as browser:
        assert looking.refusals(browser, server, "", pages) == {(401, "Log in first")}
        assert looking.refusals(browser, server, "outsider", pages) == {(403, "You may not see this")}


def test_who_may_not_change_anything_is_refused_each_change(server: Airflow, shown: AssessedAudit) -> None:
    refused = {"": 401, "viewer": 403, "outsider": 403}
    for path in acting.CHANGES:
        assert {person: acting.answered(server, person, path) for person in refused} == refused, path


def test_risks_are_accepted_alone_and_together_and_withdrawn(
    server: Airflow, cluster: World, shown: AssessedAudit
) -> None:
    register = RiskRegister(open_store(cluster.store.as_uri()))
    with chromium() as browser, acting.seated(browser, server, "user") as page:
        acting.accept_ticked(page, server, shown.run)
        accepted = acting.accept_of_image(page, server, shown.images[0].image, shown.run)
        assert sorted(each.terms.finding for each in register.read().acceptances) == sorted(accepted)
        assert len(accepted) == 3
        with acting.seated(browser, server, "op") as other:
            assert acting.withdraw_all(other, server) == 3
    events = [[(event.action, event.by) for event in each.history] for each in register.read().acceptances]
    assert events == [[("accepted", "user"), ("withdrawn", "op")]] * 3


def test_a_version_is_put_in_use_with_a_note_and_that_is_taken_back(
    server: Airflow, shown: AssessedAudit
) -> None:
    with chromium() as browser, acting.seated(browser, server, "user") as page:
        told = acting.put_in_use(page, server, "2", "it learned flask")
        assert all(each in told for each in ("by user", "it learned flask"))
        assert "too many false positives" in acting.roll_back(page, server, "1", "too many false positives")


def test_a_training_is_started_by_who_may_where_its_dag_is_on(server: Airflow, shown: AssessedAudit) -> None:
    assert acting.answered(server, "user", "models/train") == 409  # it is switched off
    server.call("PATCH", "/dags/praxi_train", {"is_paused": False})
    with chromium() as browser, acting.seated(browser, server, "user") as page:
        place = acting.train_now(page, server)
    server.call("PATCH", "/dags/praxi_train", {"is_paused": True})
    (made,) = [run for run in server.runs("praxi_train") if run["dag_run_id"].startswith("page__")]
    assert place.endswith(quote(made["dag_run_id"], safe=""))
    assert made["triggering_user_name"] == "user"


def test_an_image_is_audited_now_and_that_ends_on_its_page(server: Airflow, cluster: World) -> None:
    image = cluster.references["zoo"]
    with chromium() as browser, acting.seated(browser, server, "user") as page:
        assert acting.audit_now(page, server, image) == image
    assert acting.answered(server, "user", "audit-now") == 403  # of a registry that is not allowed


def test_people_log_in_from_a_page_and_are_led_back_and_log_out(server: Airflow, cluster: World) -> None:
    with chromium() as browser, acting.seated(browser, server) as page:
        seen = acting.log_in_and_out(page, server, "viewer", "images")
    stranger = "/praxi/images: Log in first"
    assert seen == [stranger, "/praxi/images: Images", stranger]


def test_a_signed_link_opens_for_nobody_in_particular_and_a_forged_one_for_nobody(
    server: Airflow, shown: AssessedAudit
) -> None:
    ends = int((datetime.now(UTC) + DAY).timestamp())
    view = SharedView("namespace", shown.images[0].namespaces[0], "", ends)
    pages = exhibited_pages(shown)
    good, forged = (f"shared/{sign(view, [key])}" for key in (LINK_KEY, LINK_KEY[::-1]))
    linked = {name: f"{good}/{pages[name]}" for name in ("images", "image", "software", "package", "finding")}
    with chromium() as browser:
        assert looking.complaints(browser, server, "", linked, theme="light", widths=(400,)) == []
        seen = looking.refusals(browser, server, "", {"images": f"{forged}/images"})
    assert seen == {(403, "This link opens nothing")}


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
        server.wait_until(lambda: bool(running_with("praxi_tasks", run_key(run_id))))
        server.end_task("praxi_audit", run_id, "plan")
        server.wait_until(lambda: not running_with("praxi_tasks", run_key(run_id)))
    states = server.wait_for("praxi_audit", run_id)
    assert states["plan"] == ["failed"]
    assert states["report"] == ["upstream_failed"]


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
