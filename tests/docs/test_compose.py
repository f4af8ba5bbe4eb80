from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.support.airflow_home import ROOT
from tests.support.process import free_port, running, start_server

SECRETS = re.findall(r"^([A-Z_0-9]+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE)
EMPTY = ROOT / "tests" / "docs" / "__init__.py"  # an environment file that sets nothing
ONE_SHOT = {"airflow-init"}
COMPOSE = shutil.which("docker-compose")


@pytest.fixture
def services() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
    found: dict[str, Any] = loaded["services"]
    return found


def configure(**variables: str) -> subprocess.CompletedProcess[str]:
    if COMPOSE is None:
        pytest.skip("docker-compose is not installed")
    inherited = {name: value for name, value in os.environ.items() if name not in SECRETS}
    files = ["--env-file", str(EMPTY), "-f", str(ROOT / "docker-compose.yaml")]
    command = [COMPOSE, *files, "--profile", "tracing", "config"]
    return subprocess.run(
        command, env={**inherited, **variables}, capture_output=True, text=True, check=False, timeout=300
    )


def test_it_is_valid_once_every_secret_is_given() -> None:
    done = configure(**{name: f"value-of-{name.lower()}" for name in SECRETS})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", SECRETS)
def test_it_refuses_to_start_without_a_secret(missing: str) -> None:
    done = configure(**{name: "given" for name in SECRETS if name != missing})
    assert done.returncode != 0
    assert ".env.example" in done.stderr


def test_every_public_image_has_an_exact_version(services: dict[str, Any]) -> None:
    public = {service["image"] for service in services.values() if not service["image"].startswith("${")}
    assert public
    assert [
        image
        for image in public
        if not re.search(r":v?\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?$", image)
    ] == []


def test_every_long_running_service_has_a_health_check(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "healthcheck" not in service} == ONE_SHOT


CONFIGURATION = ROOT / "docs" / "compose"


@pytest.mark.needs("caddy", "promtool")
def test_the_servers_take_their_configuration(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    for command in (
        ["caddy", "validate", "--adapter=caddyfile", f"--config={CONFIGURATION / 'Caddyfile'}"],
        ["promtool", "check", "config", str(CONFIGURATION / "prometheus.yml")],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.needs("caddy")
def test_the_entrance_says_what_does_not_run(tmp_path: Path) -> None:
    """A real Caddy with this file, by plain HTTP on free ports, before servers of which none is there."""
    text = (CONFIGURATION / "Caddyfile").read_text().replace("tls internal", "")
    text = re.sub(r"(?:airflow-apiserver|jaeger|grafana|mlflow):\d+", "127.0.0.1:1", text)
    ports = {name: free_port() for name in ("8443", "8444", "8080")}
    for name, port in ports.items():
        text = re.sub(
            rf"^https?://[^\n]*:{name} {{$", f"http://127.0.0.1:{port} {{", text, flags=re.MULTILINE
        )
    file = tmp_path / "Caddyfile"
    # Who asks is let in, as if Airflow had said so: it is the servers behind that are looked at.
    file.write_text(re.sub(r"import readers_of_audits", "", text))
    command = ["caddy", "run", "--adapter=caddyfile", f"--config={file}"]
    server = start_server(
        "caddy", command, tmp_path, env={"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    )

    def said(port: str, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{ports[port]}{path}", timeout=60) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def listens() -> bool:
        try:
            return said("8080", "/healthz")[0] == 200
        except OSError:
            return False

    with running(server):
        server.wait_until(listens, seconds=60)
        for path in ("/jaeger/", "/grafana/d/praxi"):
            status, words = said("8443", path)
            assert (status, "--profile tracing" in words) == (502, True), words
        assert said("8443", "/praxi/") == (
            502,
            "Airflow does not answer. It may be starting: docker compose ps",
        )
        assert said("8444", "/") == (502, "MLflow does not answer. It may be starting: docker compose ps")


def test_the_collectors_pipelines_are_made_of_what_is_configured(services: dict[str, Any]) -> None:
    collector = yaml.safe_load((CONFIGURATION / "jaeger.yaml").read_text())
    assert set(collector["service"]["extensions"]) == collector["extensions"].keys()
    for pipeline in collector["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            assert set(names) <= collector[kind].keys()
    ports = {
        collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]: "otlp",
        collector["exporters"]["prometheus"]["endpoint"].rpartition(":")[2]: "metrics",
        collector["extensions"]["healthcheckv2"]["http"]["endpoint"].rpartition(":")[2]: "health",
    }
    assert ports == {"4318": "otlp", "8889": "metrics", "13133": "health"}
    airflow = services["airflow-scheduler"]["environment"]
    assert airflow["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://jaeger:4318"
    assert ":13133/" in services["jaeger"]["healthcheck"]["test"][-1]
    assert "jaeger:8889" in (CONFIGURATION / "prometheus.yml").read_text()


def test_the_collectors_traces_are_shown_from_where_they_are_stored() -> None:
    collector = yaml.safe_load((CONFIGURATION / "jaeger.yaml").read_text())
    (stored,) = collector["extensions"]["jaeger_storage"]["backends"]
    query = collector["extensions"]["jaeger_query"]
    assert collector["exporters"]["jaeger_storage_exporter"]["trace_storage"] == stored
    assert query["storage"]["traces"] == stored
    source = (CONFIGURATION / "grafana" / "provisioning" / "datasources" / "praxi.yaml").read_text()
    assert f"http://jaeger:16686{query['base_path']}" in source
    assert f"handle {query['base_path']}*" in (CONFIGURATION / "Caddyfile").read_text()


def test_dashboards_ask_the_data_sources_that_are_there() -> None:
    folder = CONFIGURATION / "grafana"
    provisioned = yaml.safe_load((folder / "provisioning" / "datasources" / "praxi.yaml").read_text())
    types = {source["uid"]: source["type"] for source in provisioned["datasources"]}
    asked = [
        target["datasource"]
        for panel in json.loads((folder / "services.json").read_text())["panels"]
        for target in panel["targets"]
    ]
    assert {one["uid"] for one in asked} == types.keys()
    assert all(types[one["uid"]] == one["type"] for one in asked)


def test_what_is_mounted_is_there_and_found_by_who_reads_it(services: dict[str, Any]) -> None:
    mounted = {
        target: ROOT / source
        for service in services.values()
        for source, target, *_ in (volume.split(":") for volume in service.get("volumes", []))
        if source.startswith("./")
    }
    assert [str(source) for source in mounted.values() if not source.exists()] == []
    provider = yaml.safe_load((CONFIGURATION / "grafana/provisioning/dashboards/praxi.yaml").read_text())
    folder = provider["providers"][0]["options"]["path"]
    assert {source.name for target, source in mounted.items() if target.startswith(f"{folder}/")} == {
        "services.json",
        "grafana-dashboard.json",
    }
    collector = services["jaeger"]["command"][1]
    assert mounted[collector].name == "jaeger.yaml"


def test_what_is_provisioned_asks_services_that_are_there(services: dict[str, Any]) -> None:
    source = yaml.safe_load((CONFIGURATION / "grafana/provisioning/datasources/praxi.yaml").read_text())
    sources = {each["uid"]: each for each in source["datasources"]}
    asked = {urlsplit(each["url"]).hostname for each in sources.values()}
    entrance = re.findall(r"reverse_proxy ([a-z-]+):\d+", (CONFIGURATION / "Caddyfile").read_text())
    assert asked | set(entrance) <= services.keys()
    (exemplars,) = sources["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]
    assert sources[exemplars["datasourceUid"]]["type"] == "jaeger"


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("file", ["docs/compose/grafana/services.json", "monitoring/grafana-dashboard.json"])
def test_a_dashboard_has_queries_that_prometheus_reads_and_panels_side_by_side(
    file: str, tmp_path: Path
) -> None:
    panels = json.loads((ROOT / file).read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", ()) if "expr" in target]
    rules = [{"record": f"r:{number}", "expr": text} for number, text in enumerate(asked)]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "asked", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", tmp_path / "rules.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for place in (panel["gridPos"] for panel in panels):
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken, place
        taken |= cells


def test_traces_and_dashboards_are_asked_for(services: dict[str, Any]) -> None:
    asked_for = {name for name, each in services.items() if each.get("profiles") == ["tracing"]}
    assert asked_for == {"jaeger", "grafana"}


def test_no_server_is_reached_but_through_the_entrance(services: dict[str, Any]) -> None:
    published = {name for name, service in services.items() if "ports" in service}
    assert published == {"entrance", "registry"}
