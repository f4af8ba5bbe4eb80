"""What the chart gives to the Prometheus operator and to Grafana is monitoring/, word for word."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support import chart, tools
from tests.support.airflow_home import ROOT

MONITORING = ROOT / "monitoring"
ON = {"monitoring": {"rules": True, "dashboard": True, "serviceMonitor": {"enabled": True}}}


def test_the_rule_object_has_the_rules(tmp_path: Path) -> None:
    (rule,) = chart.of_kind(chart.render(ON), "PrometheusRule").values()
    assert rule["spec"] == yaml.safe_load((MONITORING / "praxi.rules.yaml").read_text())
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rule["spec"]))
    command = [tools.find("promtool"), "check", "rules", str(tmp_path / "rules.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_dashboard_is_the_dashboard() -> None:
    (dashboard,) = (
        each for name, each in chart.of_kind(chart.render(ON), "ConfigMap").items() if "dashboard" in name
    )
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(dashboard["data"]["praxi.json"]) == json.loads(
        (MONITORING / "grafana-dashboard.json").read_text()
    )


def test_nothing_is_copied() -> None:
    for path in (chart.CHART / "files").iterdir():
        assert path.is_symlink()
        assert path.resolve().parent == MONITORING


def test_a_package_of_the_chart_stands_alone(tmp_path: Path) -> None:
    helm = chart.helm()
    archive = helm.package(chart.CHART, destination=tmp_path)
    with helm.Chart.load(archive) as packed:
        rendered = packed.render(chart.overlaid(chart.VALUES, ON), name="praxi", namespace="airflow")
    assert "PraxiAuditMissing" in rendered["praxi/templates/monitoring.yaml"]


def test_the_pushgateway_is_scraped_with_the_labels_that_were_pushed() -> None:
    wanted = {"monitoring": {"serviceMonitor": {"enabled": True, "port": "web", "namespace": "observe"}}}
    (monitor,) = chart.of_kind(chart.render(wanted), "ServiceMonitor").values()
    (endpoint,) = monitor["spec"]["endpoints"]
    assert (endpoint["port"], endpoint["honorLabels"]) == ("web", True)
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["observe"]}
    assert monitor["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "prometheus-pushgateway"}


@pytest.mark.parametrize("kind", ["PrometheusRule", "ServiceMonitor"])
def test_the_operators_kinds_are_asked_for(kind: str) -> None:
    assert chart.of_kind(chart.render(), kind) == {}
