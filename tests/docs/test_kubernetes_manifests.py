from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.support.airflow_home import ROOT

FOLDER = ROOT / "docs" / "kubernetes"
MANIFESTS = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "values.yaml")
KUBERNETES = ("1.29", "1.31", "1.34")


def documents(path: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load_all(path.read_text())


def one(path: str, kind: str) -> dict[str, Any]:
    return next(document for document in documents(FOLDER / path) if document["kind"] == kind)


@pytest.fixture
def values() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "values.yaml").read_text())
    return loaded


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_valid(path: Path, version: str) -> None:
    for document in documents(path):
        assert kubernetes_validate.validate(document, version, strict=True) == version


def test_the_validator_refuses_what_is_wrong() -> None:
    role = one("role.yaml", "Role") | {"rules": [{"resource": ["pods"], "verbs": ["get"]}]}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(role, KUBERNETES[0], strict=True)


def test_everything_is_in_one_namespace_that_enforces_restricted() -> None:
    namespace = one("namespace.yaml", "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    names = {
        document["metadata"]["namespace"]
        for path in MANIFESTS
        for document in documents(path)
        if document["kind"] != "Namespace"
    }
    assert names == {namespace["metadata"]["name"]}


def test_the_role_names_no_wildcard_and_nothing_but_pods_logs_and_events() -> None:
    rules = one("role.yaml", "Role")["rules"]
    assert {resource for rule in rules for resource in rule["resources"]} == {"pods", "pods/log", "events"}
    assert not [rule for rule in rules if "*" in rule["verbs"] + rule["apiGroups"]]
    assert not any("resourceNames" in rule for rule in rules)


def policies(*, isolated: bool) -> list[dict[str, Any]]:
    """Return the specifications of the network policies that select a pod of the operator's."""
    from praxi_airflow.runners.command import Command
    from praxi_airflow.runners.manifest import pod_manifest
    from praxi_airflow.settings import PodSettings

    pod = pod_manifest(PodSettings(image="tasks"), Command(arguments=("report",), isolated=isolated), {}, 0)
    labels = pod["metadata"]["labels"].items()
    specs = [document["spec"] for document in documents(FOLDER / "network-policy.yaml")]
    return [spec for spec in specs if spec["podSelector"].get("matchLabels", {}).items() <= labels]


@pytest.mark.parametrize("isolated", [False, True])
def test_nobody_reaches_the_operators_pods(isolated: bool) -> None:
    closed, opened = policies(isolated=isolated)
    assert not {"ingress", "egress"} & closed.keys()
    for policy in (closed, opened):
        assert policy["policyTypes"] == ["Ingress", "Egress"]
        assert "ingress" not in policy


def test_a_build_reaches_names_and_one_index_and_nothing_else() -> None:
    _, build = policies(isolated=True)
    names, index = build["egress"]
    assert [peer["podSelector"]["matchLabels"] for peer in names["to"]] == [{"k8s-app": "kube-dns"}]
    assert {port["port"] for port in names["ports"]} == {53}
    assert len(index["to"]) == len(index["ports"]) == 1
    assert index["to"][0].keys() == {"namespaceSelector"}


def test_other_pods_do_not_share_the_builds_policy() -> None:
    _, others = policies(isolated=False)
    _, builds = policies(isolated=True)
    assert others["podSelector"] != builds["podSelector"]
    assert any("ipBlock" in peer for rule in others["egress"] for peer in rule["to"])


def test_the_helm_values_are_settings_that_load(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from praxi_airflow.settings import load_settings

    for name, value in values["config"]["praxi"].items():
        monkeypatch.setenv(f"AIRFLOW__PRAXI__{name.upper()}", value)
    settings = load_settings()
    assert (settings.runner, settings.store) == ("pod", "s3://praxi/store")
    assert settings.pods.namespace == one("namespace.yaml", "Namespace")["metadata"]["name"]
    assert settings.pods.service_account == one("namespace.yaml", "ServiceAccount")["metadata"]["name"]
    assert settings.pods.environment_secrets == ("praxi-store",)
    fields = {field.name for field in dataclasses.fields(settings)}
    pods = {f"pod_{field.name}" for field in dataclasses.fields(settings.pods)}
    assert set(values["config"]["praxi"]) <= fields | pods


def test_the_helm_values_hold_no_secret(values: dict[str, Any]) -> None:
    told = yaml.safe_dump(values)
    assert not re.search(r"(?i)password|postgresql(\+\w+)?://", told)
    assert all(set(entry) == {"envName", "secretName", "secretKey"} for entry in values["secret"])
    assert all("SECRET" not in entry["name"] and "KEY" not in entry["name"] for entry in values["env"])


def test_nobody_is_let_in_by_a_password_that_the_chart_made_public(values: dict[str, Any]) -> None:
    assert values["createUserJob"] == {"enabled": False}
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    assert "airflow users create" in page
    assert "--password" not in page


def test_the_page_names_every_pod_setting_secret_and_file(values: dict[str, Any]) -> None:
    from praxi_airflow.settings import PodSettings

    page = (ROOT / "docs" / "kubernetes.md").read_text()
    settings = {f"`pod_{field.name}`" for field in dataclasses.fields(PodSettings)}
    assert {name for name in settings if name not in page} == set()
    files = set(re.findall(r"docs/kubernetes/([\w.-]+)", page)) | set(
        re.findall(r"\(kubernetes/([\w.-]+)\)", page)
    )
    assert files == {path.name for path in FOLDER.iterdir()}
    keys = re.findall(r"secret generic ([\w-]+)((?:\\\n|[^\n])*)", page)
    made = {name: set(re.findall(r"--from-literal=([\w-]+)=", options)) for name, options in keys}
    for entry in values["secret"]:
        assert entry["secretKey"] in made[entry["secretName"]]


def test_a_pod_laid_over_the_template_meets_restricted(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
    from kubernetes.client import ApiClient

    from praxi_airflow.runners.command import Command
    from praxi_airflow.runners.manifest import pod_manifest
    from praxi_airflow.settings import PodSettings
    from tests.support.cluster import admission

    manifest = pod_manifest(PodSettings(image="tasks"), Command(arguments=("report",)), {}, 0)
    template = PodGenerator.deserialize_model_file(str(FOLDER / "pod-template.yaml"))
    assert list(admission.restricted(ApiClient().sanitize_for_serialization(template)))
    laid = PodGenerator.reconcile_pods(template, PodGenerator.deserialize_model_dict(manifest))
    assert admission.problems(ApiClient().sanitize_for_serialization(laid)) == []
