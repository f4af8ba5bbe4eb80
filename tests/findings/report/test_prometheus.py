"""Metrics at a real Pushgateway, the rules with promtool, the dashboard against what is exported."""

from __future__ import annotations

import json
import math
import re
import subprocess
import urllib.request
from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from demo.servers import answers
from praxi_tasks.audit import PodEnd, PodRecord, add_pod_metrics
from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment.document import AssessedImage, Carried, ModelHealth
from praxi_tasks.findings.assessment.model_health import measure_model
from praxi_tasks.findings.coverage import Aspect, checked
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.prometheus import audit_metrics, push_metrics, write_textfile
from praxi_tasks.findings.scope import ListGap, Scope
from tests.findings.audits import large_audit
from tests.support.process import free_port, running, start_server
from tests.support.site import Answer, site

MONITORING = Path(__file__).resolve().parents[3] / "monitoring"
AUDIT = large_audit(6, 200, components=10)


def registry() -> CollectorRegistry:
    made = audit_metrics(AUDIT, {"plan": 1.5, "report": 2.0})
    add_pod_metrics(made, [PodRecord("plan", PodEnd.DONE, 2.0)])
    return made


def value(metrics: CollectorRegistry, name: str, **labels: str) -> float | None:
    return metrics.get_sample_value(name, labels)


def test_counts_are_those_of_the_audit() -> None:
    metrics = registry()
    open_findings = [finding for image in AUDIT.images for finding in image.open_findings]
    high = sum(finding.kind == "vulnerable" and finding.severity == "high" for finding in open_findings)
    assert value(metrics, "praxi_findings", kind="vulnerable", severity="high") == high
    assert value(metrics, "praxi_findings", kind="unexplained", severity="low") == 0
    assert value(metrics, "praxi_findings", kind="feed", severity="medium") == 1
    assert value(metrics, "praxi_images", state="cached") == 4
    assert value(metrics, "praxi_images", state="failed") == 0
    assert value(metrics, "praxi_findings_new") == len(AUDIT.new)
    assert value(metrics, "praxi_feed_age_days", feed="PyPI") == 1
    assert value(metrics, "praxi_step_duration_seconds", step="report") == 2.0


def test_what_is_overdue_is_counted_by_severity_also_where_it_could_not_be_looked_for() -> None:
    (image, *others) = AUDIT.images
    first = msgspec.structs.replace(image.open_findings[0], overdue=True, severity="high", kind="ghost")
    late = msgspec.structs.replace(image, findings=(first,))
    unseen = Carried("gone:1", "vulnerable|CVE-1|pypi/x", "", "low", "r", overdue=True)
    audit = msgspec.structs.replace(AUDIT, images=(late, *others), carried=(unseen,))
    metrics = audit_metrics(audit, {})
    counts = {
        name: value(metrics, "praxi_findings_overdue", severity=name) for name in ("high", "low", "info")
    }
    assert counts == {"high": 1, "low": 1, "info": 0}


def test_model_health_counts_distinct_images_once() -> None:
    both, files = ("inventory", "fingerprint"), ("fingerprint",)
    parts = (
        Component("pypi", "a", ("1",), "p", both, confidence=0.9),
        Component("pypi", "b", ("1",), "p", both, confidence=0.7, fingerprint_versions=("2",)),
        Component("pypi", "c", ("1",), "p", ("inventory",)),
        Component("pypi", "d", ("1",), "p", files, confidence=0.6),
        Component("pypi", "e", ("1",), "p", files, removed_by="sha256:1", confidence=0.1),
    )
    image = AssessedImage("i:1", layers=("l",), components=parts, files=100, unexplained=7)
    twin = msgspec.structs.replace(image, image="i:2")
    failed = AssessedImage("i:3", state="failed")
    health = measure_model([image, twin, failed])
    assert msgspec.structs.replace(health, confidence=0) == ModelHealth(3, 2, 0, 3, 2, 100, 7)
    assert health.confidence == pytest.approx(2.2)
    metrics = audit_metrics(msgspec.structs.replace(AUDIT, health=health), {})
    assert value(metrics, "praxi_unexplained_share") == 0.07
    assert value(metrics, "praxi_model_disagreement_share") == pytest.approx(2 / 3)


def test_coverage_is_counted_by_aspect_and_by_the_worst_of_each_image() -> None:
    whole = msgspec.structs.replace(AUDIT.images[0], coverage=(checked(Aspect.LAYERS, "all"),))
    untold = AssessedImage("a:1")
    audit = msgspec.structs.replace(AUDIT, images=(whole, untold, *AUDIT.images[2:]))
    metrics = audit_metrics(audit, {})
    blind = {"aspect": "vulnerabilities", "state": "not-checked"}
    assert value(metrics, "praxi_coverage_subjects", **blind) == 4
    assert value(metrics, "praxi_coverage_subjects", aspect="layers", state="not-checked") == 1
    assert value(metrics, "praxi_coverage_subjects", aspect="outdated", state="partial") == 0
    assert value(metrics, "praxi_coverage_images", state="not-checked") == 5
    assert value(metrics, "praxi_coverage_images", state="checked") == 1
    assert value(metrics, "praxi_coverage_list_whole") == 1
    assert value(metrics, "praxi_coverage_advisories_age_days") == 1
    silent = Scope("scheduled", gaps=(ListGap("silent"),))
    metrics = audit_metrics(msgspec.structs.replace(audit, scope=silent, feeds=()), {})
    assert value(metrics, "praxi_coverage_list_whole") == 0
    assert math.isnan(value(metrics, "praxi_coverage_advisories_age_days") or 0)


@pytest.mark.server
@pytest.mark.needs("prometheus-pushgateway")
def test_a_pushgateway_takes_them_and_a_second_push_replaces_them(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    command = ["prometheus-pushgateway", f"--web.listen-address={url.removeprefix('http://')}"]
    server = start_server("pushgateway", command, tmp_path)
    with running(server):
        server.wait_until(lambda: answers(f"{url}/-/ready"), seconds=120)
        push_metrics(registry(), url, "prod")
        push_metrics(audit_metrics(large_audit(3, 5, components=1), {}), url, "prod")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{url}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    assert re.search(r'praxi_images\{instance="prod",job="praxi",state="cached"\} 2\n', text)
    assert text.count('praxi_images{instance="prod"') == 3


def test_a_pushgateway_that_is_down_is_tried_again_and_keeps_secrets() -> None:
    with pytest.raises(NotifyError) as caught:
        push_metrics(registry(), f"http://me:hunter2@127.0.0.1:{free_port()}", "prod")
    assert caught.value.retryable
    assert "hunter2" not in str(caught.value)
    with pytest.raises(UsageError):
        push_metrics(registry(), "pushgateway:9091", "prod")


def test_what_a_pushgateway_refuses_is_told() -> None:
    with site() as gateway:
        for status, body, message in (
            (400, b"pushed metrics are inconsistent", "answered 400: pushed metrics are inconsistent"),
            (200, b"<html>log in", "a web page answered in place of Pushgateway"),
        ):
            gateway.answers["/pg/metrics/job/praxi/instance/prod"] = Answer(body, status=status)
            with pytest.raises(NotifyError, match=message):
                push_metrics(registry(), f"{gateway.url}/pg", "prod")


def test_a_textfile_is_written_whole(tmp_path: Path) -> None:
    write_textfile(registry(), tmp_path / "praxi.prom")
    assert "praxi_audit_timestamp_seconds" in (tmp_path / "praxi.prom").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["praxi.prom"]
    with pytest.raises(UsageError):
        write_textfile(registry(), tmp_path / "none" / "praxi.prom")


@pytest.mark.needs("promtool")
@pytest.mark.parametrize(
    "arguments", [["check", "rules", "praxi.rules.yaml"], ["test", "rules", "praxi.rules.test.yaml"]]
)
def test_rules_do_what_they_say(arguments: list[str]) -> None:
    ended = subprocess.run(
        ["promtool", *arguments], cwd=MONITORING, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("file", ["praxi.rules.yaml", "grafana-dashboard.json"])
def test_rules_and_dashboard_ask_for_metrics_that_are_exported(file: str) -> None:
    exported = {sample.name for metric in registry().collect() for sample in metric.samples}
    asked = set(re.findall(r"\bpraxi_[a-z_]+", (MONITORING / file).read_text())) - {
        "praxi_audit",
        "praxi_feeds",
    }
    assert asked <= exported
    assert len(asked) > 4


def test_namespaces_and_images_are_named_up_to_a_bound_and_the_gravest_first() -> None:
    def found(severity: str, count: int) -> tuple[Finding, ...]:
        return tuple(Finding("ghost", f"G{number}", "t", severity) for number in range(count))  # type: ignore[arg-type]

    ignored = Finding("ghost", "I", "t", "critical", ignored=Ignored("r", "o", "2027-01-01"))
    images = (
        AssessedImage("a:1", namespaces=("one", "two"), findings=(*found("high", 2), ignored)),
        AssessedImage("b:1", namespaces=("two",), findings=found("critical", 1)),
        AssessedImage("c:1", namespaces=("three",), findings=found("low", 5)),
        AssessedImage("d:1", namespaces=("four",), findings=found("low", 1)),
        AssessedImage("e:1", state="failed", namespaces=("five",)),
    )
    metrics = audit_metrics(msgspec.structs.replace(AUDIT, images=images), {}, places=2)
    names = {kind: set[str]() for kind in ("namespace", "image")}
    for metric in metrics.collect():
        for sample in metric.samples:
            for kind, known in names.items():
                if sample.name == f"praxi_{kind}_findings":
                    known.add(sample.labels[kind])
    assert names == {"namespace": {"two", "one", "(others)"}, "image": {"b:1", "a:1", "(others)"}}
    assert value(metrics, "praxi_namespace_findings", namespace="two", severity="high") == 2
    assert value(metrics, "praxi_namespace_findings", namespace="two", severity="critical") == 1
    assert value(metrics, "praxi_namespace_findings", namespace="(others)", severity="low") == 6
    assert value(metrics, "praxi_image_findings", image="a:1", severity="critical") == 0

    several = tuple(msgspec.structs.replace(images[0], cluster=cluster) for cluster in ("eu", "us"))
    metrics = audit_metrics(msgspec.structs.replace(AUDIT, images=several), {}, places=1)
    assert value(metrics, "praxi_image_findings", cluster="eu", image="a:1", severity="high") == 2
    assert value(metrics, "praxi_image_findings", cluster="us", image="(others)", severity="high") == 2
    none = audit_metrics(AUDIT, {}, places=0)
    assert not [
        metric for metric in none.collect() if metric.name.endswith(("image_findings", "namespace_findings"))
    ]


@pytest.mark.needs("promtool")
def test_promtool_understands_what_the_dashboard_asks(tmp_path: Path) -> None:
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    names = {variable["name"] for variable in dashboard["templating"]["list"]}
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    assert {name for expr in asked for name in re.findall(r"\$(\w+)", expr)} <= names
    rules = [{"record": f"panel:{n}", "expr": re.sub(r"\$\w+", ".*", expr)} for n, expr in enumerate(asked)]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    command = ["promtool", "check", "rules", str(tmp_path / "rules.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(asked)} rules found" in done.stdout


def test_the_dashboard_leads_to_the_pages() -> None:
    text = (MONITORING / "grafana-dashboard.json").read_text()
    links = re.findall(r'"url": "([^"]+)"', text)
    assert len(links) >= 5
    assert all(link.startswith("${pages}/praxi/") for link in links)
    assert len(json.loads(text)["panels"]) == len({panel["id"] for panel in json.loads(text)["panels"]})


def test_the_dashboards_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((MONITORING / "grafana-dashboard.json").read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
