from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from praxi_airflow.errors import SettingsError
from praxi_airflow.settings import load_settings
from tests.airflow.conftest import Configure
from tests.support.airflow_home import ROOT


def test_everything_has_a_default_beside_the_dags_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW__PRAXI__TASK_PYTHON")
    settings = load_settings()
    assert settings.store == (ROOT / ".praxi" / "store").as_uri()
    assert settings.task_python == ROOT / ".venv-tasks" / "bin" / "python"
    assert (settings.runner, settings.pool, settings.prometheus_connection) == (
        "process",
        "praxi",
        "praxi_prometheus",
    )


def test_settings_are_read(configure: Configure, tmp_path: Path) -> None:
    template = tmp_path / "pod.yaml"
    template.touch()
    configure(
        store="s3://bucket/praxi",
        runner="pod",
        registry_mirrors="docker.io=mirror.example/hub, registry.svc:5000=registry.apps.example",
        retry_delay=5,
        pod_image="registry.example/praxi@sha256:" + "0" * 64,
        pod_pull_secrets="one, two",
        pod_environment_secrets="praxi-store",
        pod_node_selector='{"disk": "ssd"}',
        pod_tolerations='[{"key": "batch", "operator": "Exists"}]',
        pod_template_file=template,
        pod_run_as_user=-1,
        pod_deferrable="True",
        pod_scratch_limit="500Mi",
    )
    settings = load_settings()
    assert settings.store == "s3://bucket/praxi"
    assert settings.registry_mirrors == (
        "docker.io=mirror.example/hub",
        "registry.svc:5000=registry.apps.example",
    )
    assert settings.retry_delay == timedelta(seconds=5)
    assert settings.pods.pull_secrets == ("one", "two")
    assert settings.pods.node_selector == {"disk": "ssd"}
    assert settings.pods.tolerations == [{"key": "batch", "operator": "Exists"}]
    assert settings.pods.template_file == str(template)
    assert (settings.pods.run_as_user, settings.pods.deferrable) == (-1, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("store", "ftp://host/path"),
        ("store", "s3://"),
        ("store", "s3://key:secret@bucket"),
        ("runner", "kubernetes"),
        ("registry_mirrors", "docker.io"),
        ("registry_mirrors", "docker.io=a=b"),
        ("retries", "-1"),
        ("retries", "many"),
        ("retry_delay", "1.5"),
        ("task_timeout", "0"),
        ("pod_namespace", "Not_A_Name"),
        ("pod_pull_secrets", "fine,NOT FINE"),
        ("pod_node_selector", "disk=ssd"),
        ("pod_node_selector", "[]"),
        ("pod_tolerations", "{}"),
        ("pod_affinity", "1"),
        ("pod_template_file", "/no/such/file.yaml"),
        ("pod_scratch_limit", "ten gigabytes"),
        ("pod_run_as_user", "0"),
        ("pod_deferrable", "perhaps"),
        ("pod_deadline", "0"),
        ("feeds_npm", "https://user:word@npm.example"),
        ("learn_pypi_index", "https://user:word@index.example/simple"),
        ("learn_build_index", "https://user:word@index.example/simple"),
        ("learn_build_seconds", "0"),
        ("pod_build_service_account", "Not A Name"),
        ("pod_command_environment_secrets", '{"plan": ["Not A Name"]}'),
        ("pod_command_environment_secrets", '{"plan": 3}'),
        ("pod_command_environment_secrets", '["plan"]'),
        ("pod_command_service_accounts", '{"plan": ["one", "two"]}'),
        ("mlflow_uri", "https://user:word@mlflow.example"),
        ("approval", "nobody"),
        ("feeds_packages", "https://mirror.example/Packages.xz"),
        ("feeds_packages", "debian-12=https://user:word@mirror.example/Packages.xz"),
        ("feeds_advisories", "https://mirror.example/updateinfo.xml.gz"),
    ],
)
def test_an_error_names_the_setting_and_its_variable(configure: Configure, name: str, value: str) -> None:
    configure(**{name: value})
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name in caught.value.what
    assert caught.value.where == f"AIRFLOW__PRAXI__{name.upper()}"
    assert caught.value.action


def test_commands_learn_where_releases_and_versions_are(configure: Configure) -> None:
    configure(
        mlflow_uri="http://mlflow:5000",
        learn_sources="layer, pypi",
        learn_pypi_index="https://index.example/simple",
        learn_npm_registry="https://npm.example",
        learn_indexes="alpine=https://a.example/alpine, conda=https://c.example/conda-forge",
        learn_build_index="https://mirror.example/simple",
        learn_keep=7,
    )
    assert load_settings().learning.environment == {
        "PRAXI_MLFLOW_URI": "http://mlflow:5000",
        "PRAXI_LEARN_SOURCES": "layer,pypi",
        "PRAXI_LEARN_PYPI_INDEX": "https://index.example/simple",
        "PRAXI_LEARN_NPM_REGISTRY": "https://npm.example",
        "PRAXI_LEARN_INDEXES": "alpine=https://a.example/alpine,conda=https://c.example/conda-forge",
        "PRAXI_LEARN_BUILD_INDEX": "https://mirror.example/simple",
        "PRAXI_LEARN_KEEP": "7",
    }
    configure(
        mlflow_uri="",
        learn_sources="",
        learn_pypi_index="",
        learn_npm_registry="",
        learn_indexes="",
        learn_build_index="",
    )
    assert load_settings().learning.environment == {"PRAXI_LEARN_KEEP": "7"}


def test_commands_learn_where_feeds_come_from(configure: Configure) -> None:
    configure(
        feeds_packages="debian-12=https://a.example/x.xz, debian-12=https://b.example/y.xz",
        feeds_advisories="wolfi=https://a.example/security.json",
    )
    environment = load_settings().findings.environment
    assert environment["PRAXI_FEEDS_ADVISORIES"] == "wolfi=https://a.example/security.json"
    assert environment["PRAXI_FEEDS_PACKAGES"].split() == [
        "debian-12=https://a.example/x.xz",
        "debian-12=https://b.example/y.xz",
    ]
    assert "PRAXI_FEEDS_NPM" not in environment


def test_a_credential_in_the_store_uri_is_not_repeated(configure: Configure) -> None:
    configure(store="s3://key:very-secret@bucket")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "very-secret" not in str(caught.value)


def test_pods_need_an_image(configure: Configure) -> None:
    configure(runner="pod")
    with pytest.raises(SettingsError, match="pod_image is empty"):
        load_settings()


def test_an_empty_setting_counts_as_not_given(configure: Configure) -> None:
    configure(pool="", pod_tolerations=" ")
    assert load_settings().pool == "praxi"
    assert load_settings().pods.tolerations == []


@pytest.mark.parametrize("value", ["1.5", "-0.1", "half", "nan"])
def test_a_share_lies_between_nothing_and_all(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__PRAXI__IMPLAUSIBLE_SHARE", value)
    with pytest.raises(SettingsError, match="implausible_share"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("otlp_endpoint", "grpc://collector:4317", "not a URL of https or http"),
        ("otlp_endpoint", "http://user:secret@collector:4318", "credentials"),
        ("trace_url", "https://jaeger.example/trace/", "belongs"),
        ("trace_url", "javascript:alert({trace_id})", "not a URL of https or http"),
        ("models_url", "javascript:alert(1)", "not a URL of https or http"),
        ("dashboards_url", "//grafana.example", "not a URL of https or http"),
        ("serving_url", "https://:token@serve.example", "credentials"),
    ],
)
def test_addresses_for_people_and_receivers_are_of_the_web_and_hold_no_secret(
    configure: Configure, name: str, value: str, problem: str
) -> None:
    configure(**{name: value})
    with pytest.raises(SettingsError, match=problem) as caught:
        load_settings()
    assert "secret" not in str(caught.value)
    assert f"AIRFLOW__PRAXI__{name.upper()}" in str(caught.value)
