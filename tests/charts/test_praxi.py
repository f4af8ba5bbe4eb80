"""charts/praxi, rendered by Helm and checked against the schemas of Kubernetes."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate.utils
import pytest
import yaml

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.manifest import pod_manifest
from praxi_airflow.settings import PodSettings, load_settings
from praxi_tasks import __version__
from praxi_tasks.cli.rights import RIGHTS
from tests.airflow.conftest import Configure, configure
from tests.support import chart
from tests.support.airflow_home import ROOT
from tests.support.cluster import admission
from tests.support.cluster.objects import Manifest

__all__ = ["configure"]

KUBERNETES = ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34")
EVERYTHING: Mapping[str, Any] = {
    "settings": {
        "pod_registry_secret": "praxi-registry",
        "pod_ca_config_map": "praxi-ca",
        "pod_pull_secrets": ["pull"],
        "pod_tolerations": [{"key": "batch", "operator": "Exists"}],
        "pod_node_selector": {"disk": "ssd"},
        "pod_affinity": {"nodeAffinity": {}},
        "pod_resources": {"learn train": {"limits": {"cpu": "8"}}},
        "alertmanager": "https://alertmanager.example",
        "retries": 5,
    },
    "airflow": {"executor": "CeleryExecutor,KubernetesExecutor", "pullSecrets": ["pull"]},
    "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/praxi"}},
    "commands": {"fingerprint": {"environmentSecrets": ["praxi-layers"], "annotations": {"who": "reader"}}},
    "podTemplate": {
        "annotations": {"team": "security"},
        "env": [{"name": "AWS_REGION", "value": "eu-central-1"}],
        "volumes": [{"name": "token", "emptyDir": {}}],
        "volumeMounts": [{"name": "token", "mountPath": "/var/run/token"}],
    },
    "networkPolicy": {
        "egress": [
            {"namespace": "object-store", "podLabels": {"app": "s3"}, "ports": [8333]},
            {"cidr": "10.20.0.5/32", "ports": [3128, 6443]},
        ],
        "builds": [{"namespace": "package-index", "ports": [8080]}],
    },
    "monitoring": {"labels": {"release": "prometheus"}, "rules": True, "dashboard": True}
    | {"serviceMonitor": {"enabled": True}},
    "hooks": {"model": {"image": "registry.example.com/praxi/model:1"}},
    "admission": {
        "enabled": True,
        "caBundle": "LS0tLS1CRUdJTg==",
        "annotations": {"cert-manager.io/inject-ca-from-secret": "airflow/praxi-serve-tls"},
        "excludedNamespaces": ["cert-manager"],
    },
}
OPENSHIFT = chart.file_values(chart.CHART / "values-openshift.yaml")
CASES = {"default": {}, "everything": EVERYTHING, "openshift": OPENSHIFT}
OPERATORS = "monitoring.coreos.com/v1"
HOOK = "helm.sh/hook"


@pytest.fixture(scope="module")
def different() -> list[Manifest]:
    """Return what differs by more than its name among all objects of all cases."""
    found = {}
    for values in CASES.values():
        for each in chart.render(values):
            if each["apiVersion"] != OPERATORS:  # see test_monitoring.py
                named = {**each, "metadata": each["metadata"] | {"name": ""}}
                found[json.dumps(named, sort_keys=True)] = each
    return [*found.values()]


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_object_has_the_schema_of_every_supported_kubernetes(
    different: list[Manifest], version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = functools.cache(kubernetes_validate.utils.schema_contents)
    monkeypatch.setattr(kubernetes_validate.utils, "schema_contents", read)  # not anew for each object
    for each in different:
        assert kubernetes_validate.validate(each, version, strict=True) == version


def test_the_schemas_refuse_what_is_wrong() -> None:
    role = chart.role() | {"rules": [{"resource": ["pods"], "verbs": ["get"]}]}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(role, KUBERNETES[0], strict=True)


def test_the_chart_says_from_which_kubernetes_on() -> None:
    described = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
    assert described["kubeVersion"] == f">={KUBERNETES[0]}.0-0"
    assert described["version"] == described["appVersion"] == __version__
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    assert f"Kubernetes {KUBERNETES[0]} to {KUBERNETES[-1]}" in page


@pytest.mark.parametrize("case", CASES)
def test_helm_finds_nothing_to_complain_about(case: str) -> None:
    report = chart.helm().lint(chart.CHART, chart.overlaid(chart.VALUES, CASES[case]), strict=True)
    assert [each for each in report["messages"] if "icon" not in each["error"]] == []
    assert report["errors"] == []


def wrong(**values: Any) -> Mapping[str, Any]:
    return chart.overlaid(chart.VALUES, values)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "/settings/pod_image"),
        (wrong(settings={"pod_image": "registry.example.com/praxi/tasks:0.2.0"}), "/settings/pod_image"),
        (wrong(settings={"store": "file:///srv/store"}), "/settings/store"),
        (wrong(settings={"pod_run_as_user": 0}), "/settings/pod_run_as_user"),
        (wrong(settings={"pod_namespace": "elsewhere"}), "pod_namespace"),
        (wrong(settings={"alert_manager": "https://alertmanager.example"}), "alert_manager"),
        (wrong(setting={"retries": 3}), "setting"),
        (wrong(commands={"fingerprnt": {}}), "fingerprnt"),
        (wrong(airflow={"executor": "SequentialExecutor"}), "/airflow/executor"),
        (wrong(airflow={"image": ""}), "/airflow/image"),
        (wrong(networkPolicy={"egress": [{"cidr": "::/0", "ports": ["https"]}]}), "/networkPolicy/egress"),
        (wrong(networkPolicy={"builds": [{"ports": [443]}]}), "/networkPolicy/builds"),
        (wrong(priorityClass={"name": ""}), "/priorityClass"),
        (wrong(podTemplate={"env": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "x"}]}), "/podTemplate/env/0"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_values_are_refused_by_name(values: Mapping[str, Any], told: str) -> None:
    helm = chart.helm()
    with helm.Chart.load(chart.CHART) as loaded, pytest.raises(helm.HelmValuesError) as caught:
        loaded.render(dict(values), name="praxi", namespace="airflow")
    assert told in str(caught.value)


def test_the_schema_knows_every_command_and_value() -> None:
    schema = json.loads((chart.CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    assert set(schema["properties"]["commands"]["properties"]) == set(RIGHTS)
    values = chart.file_values(chart.CHART / "values.yaml")
    assert set(values["commands"]) == set(RIGHTS)
    assert set(values) | {"global"} == set(schema["properties"])


@pytest.mark.parametrize("case", CASES)
def test_what_airflow_is_given_are_settings_that_load(
    case: str, configure: Configure, tmp_path: Path
) -> None:
    objects = chart.render(CASES[case])
    given = chart.settings(objects)
    template = tmp_path / "pod-template.yaml"
    template.write_text(chart.pod_template(objects))
    assert given.pop("AIRFLOW__PRAXI__POD_TEMPLATE_FILE").endswith(f"/{template.name}")
    names = {name.removeprefix("AIRFLOW__PRAXI__").lower(): value for name, value in given.items()}
    configure(**names, pod_template_file=template)
    settings = load_settings()
    pods = settings.pods
    accounts = set(chart.of_kind(objects, "ServiceAccount"))
    assert (settings.runner, settings.store, settings.pool) == ("pod", "s3://bucket/praxi", "praxi")
    assert set(pods.command_service_accounts) == set(RIGHTS)
    assert {*pods.command_service_accounts.values(), pods.service_account} <= accounts
    assert pods.build_service_account in accounts - set(pods.command_service_accounts.values())
    assert pods.namespace in chart.of_kind(objects, "Namespace")
    assert not pods.deferrable
    if case == "everything":
        assert pods.of(["fingerprint"]).environment_secrets == ("praxi-layers",)
        assert pods.resources_of(["learn", "train"])["limits"] == {"cpu": "8"}
        assert (pods.tolerations[0]["key"], pods.node_selector) == ("batch", {"disk": "ssd"})
        assert settings.retries == 5


def pods_of_hooks(objects: list[Manifest]) -> dict[str, Manifest]:
    """Return the pods of hooks and tests in the namespace of the tasks, by name."""
    found = {}
    for each in objects:
        if each["kind"] == "Job" and each["metadata"]["namespace"] == "praxi":
            found[each["metadata"]["name"]] = each["spec"]["template"]
        elif each["kind"] == "Pod":
            found[each["metadata"]["name"]] = each
    return found


@pytest.mark.parametrize("case", CASES)
def test_hooks_are_pods_as_the_operator_makes_them(case: str) -> None:
    objects = chart.render(CASES[case])
    pods = pods_of_hooks(objects)
    assert set(pods) == {"praxi-check-store", "praxi-doctor"} | (
        {"praxi-model"} if case == "everything" else set()
    )
    accounts = chart.of_kind(objects, "ServiceAccount")
    for name, pod in pods.items():
        manifest = {"apiVersion": "v1", "kind": "Pod", **pod, "metadata": {"name": name, **pod["metadata"]}}
        assert admission.problems(manifest) == []
        assert pod["spec"]["serviceAccountName"] in accounts
        assert policies_for(objects, pod["metadata"]["labels"]) == ["praxi-nothing", "praxi-tasks"]


def test_a_hooks_pod_has_what_the_settings_say() -> None:
    own_secret = {"commands": {"doctor": {"environmentSecrets": ["own"]}}}
    pods = pods_of_hooks(chart.render(EVERYTHING, own_secret))
    both = {"settings": {"ca_bundle": "/etc/praxi/ca/ca-bundle.crt", "pod_ca_config_map": ""}}
    assert pods_of_hooks(chart.render(EVERYTHING, own_secret, both)) == pods  # praxi-ca is what it means
    settings = PodSettings(
        image=chart.VALUES["settings"]["pod_image"],
        environment_secrets=("own",),
        registry_secret="praxi-registry",
        ca_config_map="praxi-ca",
        pull_secrets=("pull",),
        service_account="praxi-doctor",
        tolerations=[{"key": "batch", "operator": "Exists"}],
        node_selector={"disk": "ssd"},
    )
    ours = pods["praxi-check-store"]["spec"]
    theirs = pod_manifest(settings, Command(arguments=("doctor",)), {}, 0)["spec"]
    same = ("serviceAccountName", "imagePullSecrets", "nodeSelector", "tolerations", "securityContext")
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}
    assert [each for each in ours["volumes"] if each["name"] != "token"] == theirs["volumes"]
    (own,), (operators,) = ours["containers"], theirs["containers"]
    assert own["securityContext"] == operators["securityContext"]
    assert own["envFrom"] == operators["envFrom"]
    assert [each for each in own["env"] if each["name"] != "AWS_REGION"] == operators["env"]
    assert [each for each in own["volumeMounts"] if each["name"] != "token"] == operators["volumeMounts"]


def test_hooks_fit_into_what_others_limit_a_namespace_to() -> None:
    given = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "200m", "memory": "512Mi"}}
    objects = chart.render(EVERYTHING, {"hooks": {"resources": given}})
    for pod in pods_of_hooks(objects).values():
        (container,) = pod["spec"]["containers"]
        assert container["resources"]["limits"] == given["limits"] | {"ephemeral-storage": "10Gi"}
        assert container["resources"]["requests"] == given["requests"] | {"ephemeral-storage": "1Gi"}
    (pool,) = chart.of_kind(objects, "Job")["praxi-pool"]["spec"]["template"]["spec"]["containers"]
    assert pool["resources"] == given


def test_on_openshift_no_uid_is_asked_for_and_dns_answers_elsewhere() -> None:
    objects = chart.render(OPENSHIFT)
    assert chart.settings(objects)["AIRFLOW__PRAXI__POD_RUN_AS_USER"] == "-1"
    for pod in pods_of_hooks(objects).values():
        assert "runAsUser" not in pod["spec"]["securityContext"]
    policy = chart.of_kind(objects, "NetworkPolicy")["praxi-tasks"]["spec"]
    (names,) = policy["egress"][0]["to"]
    assert names["podSelector"]["matchLabels"] == {"dns.operator.openshift.io/daemonset-dns": "default"}
    assert {port["port"] for port in policy["egress"][0]["ports"]} == {5353}


def test_everything_is_in_one_namespace_that_enforces_restricted() -> None:
    objects = chart.render(EVERYTHING)
    (namespace,) = chart.of_kind(objects, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    outside = {
        each["metadata"]["name"]
        for each in objects
        if each["metadata"].get("namespace") not in {None, "praxi"}
    }
    airflows = {"praxi-settings", "praxi-pod-template", "praxi-pool"}
    assert outside == airflows | {"praxi", "praxi-pushgateway", "praxi-dashboard"}  # monitoring's


def test_airflow_may_be_elsewhere_than_the_release_but_not_among_the_pods() -> None:
    elsewhere = {"airflow": {"namespace": "flow"}, "namespace": {"create": False}}
    objects = chart.render(elsewhere, namespace="praxi")
    (binding,) = chart.of_kind(objects, "RoleBinding").values()
    assert {subject["namespace"] for subject in binding["subjects"]} == {"flow"}
    maps = chart.of_kind(objects, "ConfigMap").values()
    assert {each["metadata"]["namespace"] for each in maps} == {"flow"}
    assert chart.of_kind(objects, "Job")["praxi-pool"]["metadata"]["namespace"] == "flow"
    with pytest.raises(chart.helm().HelmRenderError, match="pods need a namespace of their own"):
        chart.render(namespace="praxi")


def test_another_namespace_is_another_everywhere() -> None:
    objects = chart.render(EVERYTHING, {"namespace": {"name": "audits"}}, namespace="data")
    assert {each["metadata"].get("namespace") for each in objects} == {None, "audits", "data"}
    assert "praxi" not in chart.of_kind(objects, "Namespace")
    assert yaml.safe_load(chart.pod_template(objects))["metadata"]["namespace"] == "audits"


def test_the_role_names_no_wildcard_and_nothing_but_pods_logs_and_events() -> None:
    rules = chart.role()["rules"]
    assert {resource for rule in rules for resource in rule["resources"]} == {"pods", "pods/log", "events"}
    assert not [rule for rule in rules if "*" in rule["verbs"] + rule["apiGroups"]]
    assert not any("resourceNames" in rule for rule in rules)


@pytest.mark.parametrize(
    ("airflow", "wanted"),
    [
        ({}, {"airflow-scheduler", "airflow-triggerer"}),
        ({"executor": "CeleryExecutor"}, {"airflow-worker", "airflow-triggerer"}),
        ({"executor": "KubernetesExecutor", "release": "flow"}, {"flow-worker", "flow-triggerer"}),
        (
            {"executor": "LocalExecutor,KubernetesExecutor"},
            {"airflow-scheduler", "airflow-worker", "airflow-triggerer"},
        ),
        ({"serviceAccounts": ["mine"]}, {"mine"}),
    ],
)
def test_who_runs_tasks_may_start_pods_and_nobody_else(airflow: dict[str, Any], wanted: set[str]) -> None:
    objects = chart.render({"airflow": airflow})
    bindings = [each for each in objects if "Binding" in each["kind"]]
    assert {each["kind"] for each in bindings} == {"RoleBinding"}
    (binding,) = bindings
    assert {(each["namespace"], each["name"]) for each in binding["subjects"]} == {
        ("airflow", name) for name in wanted
    }
    assert binding["roleRef"]["name"] == chart.role()["metadata"]["name"]


def test_no_account_has_a_token_and_builds_get_no_identity() -> None:
    accounts = chart.of_kind(chart.render(EVERYTHING), "ServiceAccount")
    assert all(each["automountServiceAccountToken"] is False for each in accounts.values())
    annotations = {name: each["metadata"].get("annotations", {}) for name, each in accounts.items()}
    assert annotations.pop("praxi-builds") == {}
    assert annotations.pop("praxi-fingerprint") == {"who": "reader"}
    assert all(given == EVERYTHING["serviceAccount"]["annotations"] for given in annotations.values())


def policies_for(objects: list[Manifest], labels: Mapping[str, str]) -> list[str]:
    """Return the names of the network policies that select a pod with these labels."""
    return sorted(
        name
        for name, policy in chart.of_kind(objects, "NetworkPolicy").items()
        if policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items()
    )


@pytest.mark.parametrize("isolated", [False, True])
def test_nobody_reaches_the_operators_pods(isolated: bool) -> None:
    objects = chart.render(EVERYTHING)
    pod = pod_manifest(PodSettings(image="tasks"), Command(arguments=("report",), isolated=isolated), {}, 0)
    named = policies_for(objects, pod["metadata"]["labels"])
    assert named == sorted(["praxi-nothing", "praxi-builds" if isolated else "praxi-tasks"])
    policies = chart.of_kind(objects, "NetworkPolicy")
    assert not {"ingress", "egress"} & policies["praxi-nothing"]["spec"].keys()
    for name in named:
        assert policies[name]["spec"]["policyTypes"] == ["Ingress", "Egress"]
        assert "ingress" not in policies[name]["spec"]


def test_a_build_reaches_names_and_one_index_and_nothing_else() -> None:
    build = chart.of_kind(chart.render(EVERYTHING), "NetworkPolicy")["praxi-builds"]["spec"]
    names, index = build["egress"]
    assert [peer["podSelector"]["matchLabels"] for peer in names["to"]] == [{"k8s-app": "kube-dns"}]
    assert {port["port"] for port in names["ports"]} == {53}
    assert len(index["to"]) == len(index["ports"]) == 1
    assert index["to"][0].keys() == {"namespaceSelector"}
    assert chart.of_kind(chart.render(), "NetworkPolicy")["praxi-builds"]["spec"]["egress"] == []


def test_ports_and_addresses_are_chosen_by_values() -> None:
    outside = {"cidrs": ["10.0.0.0/8", "2001:db8::/32"], "except": [], "ports": [443, 8443]}
    objects = chart.render(EVERYTHING, {"networkPolicy": {"outside": outside}})
    policies = chart.of_kind(objects, "NetworkPolicy")
    _, https, store, proxy = policies["praxi-tasks"]["spec"]["egress"]
    assert https["to"] == [{"ipBlock": {"cidr": "10.0.0.0/8"}}, {"ipBlock": {"cidr": "2001:db8::/32"}}]
    assert [port["port"] for port in https["ports"]] == [443, 8443]
    assert store["to"][0]["podSelector"] == {"matchLabels": {"app": "s3"}}
    assert proxy["to"] == [{"ipBlock": {"cidr": "10.20.0.5/32"}}]
    assert [port["port"] for port in proxy["ports"]] == [3128, 6443]
    nothing = chart.render({"networkPolicy": {"outside": {"cidrs": []}}})
    assert len(chart.of_kind(nothing, "NetworkPolicy")["praxi-tasks"]["spec"]["egress"]) == 1
    assert chart.of_kind(chart.render({"networkPolicy": {"enabled": False}}), "NetworkPolicy") == {}


@pytest.mark.parametrize(
    ("cidrs", "wanted"),
    [
        (["10.0.0.0/8"], [{"cidr": "10.0.0.0/8"}]),
        (["2001:db8::/32"], [{"cidr": "2001:db8::/32"}]),
        (["128.0.0.0/1"], [{"cidr": "128.0.0.0/1", "except": ["169.254.0.0/16"]}]),
        (["::/0", "0.0.0.0/0"], [{"cidr": "::/0"}, {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}]),
    ],
)
def test_exceptions_are_made_of_addresses_that_hold_them(cidrs: list[str], wanted: list[Any]) -> None:
    """An API server refuses an exception from addresses that do not hold it."""
    service = {"serve": {"enabled": True, "image": f"registry.example.com/serve@sha256:{'0' * 64}"}}
    objects = chart.render(service, {"networkPolicy": {"outside": {"cidrs": cidrs}}})
    for name in ("praxi-tasks", "praxi-serve"):
        _, https = chart.of_kind(objects, "NetworkPolicy")[name]["spec"]["egress"]
        assert [peer["ipBlock"] for peer in https["to"]] == wanted


@pytest.mark.parametrize("cidr", ["169.254.0.0/16", "169.254.169.254/32"])
def test_addresses_that_are_all_excepted_are_refused(cidr: str) -> None:
    with pytest.raises(chart.helm().HelmRenderError, match="nothing is left of"):
        chart.render({"networkPolicy": {"outside": {"cidrs": [cidr]}}})


def test_what_belongs_to_the_cluster_can_be_left_to_others() -> None:
    values = {"namespace": {"create": False}, "priorityClass": {"create": False, "name": "batch-low"}}
    objects = chart.render(values)
    assert {each["kind"] for each in objects if "namespace" not in each["metadata"]} == set()
    assert yaml.safe_load(chart.pod_template(objects))["spec"]["priorityClassName"] == "batch-low"


def test_hooks_run_in_order_and_leave_only_failures_behind() -> None:
    jobs = chart.of_kind(chart.render(EVERYTHING), "Job")
    weights = {name: job["metadata"]["annotations"]["helm.sh/hook-weight"] for name, job in jobs.items()}
    assert weights == {"praxi-check-store": "0", "praxi-model": "1", "praxi-pool": "2"}
    for job in jobs.values():
        annotations = job["metadata"]["annotations"]
        assert annotations[HOOK] == "post-install,post-upgrade"
        assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
        assert job["spec"]["activeDeadlineSeconds"] <= 1800
    none = chart.render({"hooks": {"checkStore": False, "pool": False}, "airflow": {"image": ""}})
    assert chart.of_kind(none, "Job") == {}


def test_no_value_is_a_secret() -> None:
    objects = chart.render(EVERYTHING)
    assert chart.of_kind(objects, "Secret") == {}
    for pod in pods_of_hooks(objects).values():
        (container,) = pod["spec"]["containers"]
        assert all("KEY" not in each["name"] and "SECRET" not in each["name"] for each in container["env"])


def test_the_notes_name_what_is_left_to_do() -> None:
    notes = chart.templates(EVERYTHING)["praxi/templates/NOTES.txt"]
    for told in ("airflow-worker", "praxi-settings", "helm test praxi"):
        assert told in notes
    _, _, needed = notes.partition("must be in praxi:")
    named = {line.strip() for line in needed.partition("helm test")[0].splitlines()} - {""}
    secrets = ("praxi-store", "praxi-registry", "praxi-layers", "pull")
    assert named == {"ConfigMap praxi-ca", *(f"Secret {name}" for name in secrets)}


def test_a_pod_laid_over_the_template_meets_restricted(tmp_path: Path) -> None:
    from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
    from kubernetes.client import ApiClient

    path = tmp_path / "pod-template.yaml"
    path.write_text(chart.pod_template(chart.render(EVERYTHING)))
    settings = PodSettings(image="tasks", template_file=str(path))
    manifest = pod_manifest(settings, Command(arguments=("report",)), {}, 0)
    template = PodGenerator.deserialize_model_file(str(path))
    assert list(admission.restricted(ApiClient().sanitize_for_serialization(template)))
    laid = ApiClient().sanitize_for_serialization(
        PodGenerator.reconcile_pods(template, PodGenerator.deserialize_model_dict(manifest))
    )
    assert admission.problems(laid) == []
    assert laid["spec"]["priorityClassName"] == "praxi-tasks"
    assert {each["name"] for each in laid["spec"]["volumes"]} == {"scratch", "token"}
    assert laid["metadata"]["annotations"]["team"] == "security"


def test_compose_makes_what_the_chart_makes() -> None:
    wanted = chart.render()
    documents = list(yaml.safe_load_all((ROOT / "docs/compose/namespace.yaml").read_text()))
    (namespace,) = chart.of_kind(documents, "Namespace").values()
    labels = chart.of_kind(wanted, "Namespace")["praxi"]["metadata"]["labels"]
    assert namespace["metadata"]["labels"].items() <= labels.items()
    for name, account in chart.of_kind(documents, "ServiceAccount").items():
        made = chart.of_kind(wanted, "ServiceAccount")[name]
        assert account["automountServiceAccountToken"] is made["automountServiceAccountToken"] is False
