"""The service on a cluster: a Deployment, or KServe's objects, rendered by Helm."""

from __future__ import annotations

from typing import Any

import jsonschema
import kubernetes_validate.utils
import pytest

from praxi_tasks.findings import parse_policy
from praxi_tasks.serving.chain import Chain
from praxi_tasks.serving.experiment import Experiment
from praxi_tasks.serving.token_review import Cluster
from tests.support import chart
from tests.support.cluster.objects import Manifest

KUBERNETES = ("1.29", "1.34")
SERVE: dict[str, Any] = {
    "enabled": True,
    "image": "registry.example.com/praxi/serve@sha256:" + "0" * 64,
    "tlsSecret": "praxi-serve-tls",
    "registries": ["registry.example.com"],
    "experiment": {"weights": {"champion": 90, "challenger": 10}},
    "clients": ["shop"],
    "serviceMonitor": True,
}
NAME = {"type": "string", "minLength": 1}
# What KServe's own definitions say of the fields used here; the whole of them is not at hand.
FORMAT = {"type": "object", "required": ["name"], "properties": {"name": NAME, "version": NAME}}
KSERVE: dict[str, dict[str, Any]] = {
    "ServingRuntime": {
        "type": "object",
        "additionalProperties": False,
        "required": ["containers"],
        "properties": {
            "multiModel": {"type": "boolean"},
            "protocolVersions": {"type": "array", "items": {"enum": ["v1", "v2", "grpc-v1", "grpc-v2"]}},
            "supportedModelFormats": {"type": "array", "items": FORMAT},
            "containers": {"type": "array", "minItems": 1, "items": {"required": ["name", "image"]}},
            "imagePullSecrets": {"type": "array", "items": {"required": ["name"]}},
            "volumes": {"type": "array"},
        },
    },
    "InferenceService": {
        "type": "object",
        "additionalProperties": False,
        "required": ["predictor"],
        "properties": {
            "predictor": {
                "type": "object",
                "additionalProperties": False,
                "required": ["model"],
                "properties": {
                    "serviceAccountName": NAME,
                    "automountServiceAccountToken": {"type": "boolean"},
                    "minReplicas": {"type": "integer"},
                    "maxReplicas": {"type": "integer"},
                    "labels": {"type": "object"},
                    "securityContext": {"type": "object"},
                    "model": {
                        "type": "object",
                        "required": ["modelFormat"],
                        "properties": {"modelFormat": FORMAT, "runtime": NAME, "protocolVersion": NAME},
                    },
                },
            }
        },
    },
}


FULL: dict[str, Any] = {
    "settings": {
        "pod_registry_secret": "pull-all",
        "pod_ca_config_map": "site-ca",
        "pod_pull_secrets": ["pull-ours"],
        "policy": "s3://bucket/policy.yaml",
        "registry_mirrors": ["docker.io=mirror.example.com/hub"],
        "mlflow_uri": "https://mlflow.example.com",
        "otlp_endpoint": "http://otel:4318",
        "event_window": 30,
        "platform": "linux/arm64",
    },
    "podTemplate": {
        "env": [{"name": "AWS_REGION", "value": "eu-central-1"}],
        "volumes": [{"name": "identity", "emptyDir": {}}],
        "volumeMounts": [{"name": "identity", "mountPath": "/identity"}],
    },
}
"""What a cluster with private registries, authorities and proxies of its own says."""
OWN: dict[str, Any] = {
    "proxies": {"httpsProxy": "http://proxy:3128", "noProxy": ".svc,10.0.0.0/8"},
    "events": {"secret": "praxi-pushes"},
    "admission": {"policy": {"fail": [{"severity": "critical"}]}, "unknown": "deny"},
    "env": [{"name": "PRAXI_SERVE_MAX_AUDITS", "value": "4"}],
    "volumes": [{"name": "next", "secret": {"secretName": "next"}}],
    "volumeMounts": [{"name": "next", "mountPath": "/etc/praxi/next"}],
    "clientCidrs": ["10.1.0.1/32"],
    "chain": {
        "name": "house",
        "steps": [
            {"name": "plan", "run": "plan"},
            {"name": "fingerprint", "run": "fingerprint"},
            {
                "name": "predict",
                "service": {"url": "https://next.example.com", "token_file": "/etc/praxi/next/token"},
            },
            {"name": "findings", "run": "findings"},
        ],
    },
}


def rendered(*values: dict[str, Any], **changes: Any) -> dict[str, Manifest]:
    """Return the service's objects by kind."""
    found = chart.render({"serve": SERVE | changes}, *values)
    ours = [each for each in found if each["metadata"]["name"] in {"praxi-serve", "praxi"}]
    return {each["kind"]: each for each in ours if each["kind"] != "Namespace"}


def container_of(objects: dict[str, Manifest]) -> dict[str, Any]:
    found: dict[str, Any] = objects["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return found


def test_there_is_none_unless_it_is_wanted() -> None:
    assert not [each for each in chart.render({}) if "serve" in each["metadata"]["name"]]


def test_all_objects_are_valid() -> None:
    objects = rendered()
    assert {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"} <= set(objects)
    assert {"NetworkPolicy", "ServiceAccount", "ConfigMap", "ServiceMonitor"} <= set(objects)
    for kind, each in objects.items():
        for version in KUBERNETES if kind != "ServiceMonitor" else ():
            kubernetes_validate.utils.validate(each, version, strict=True)


def test_the_pod_is_restricted_and_probed() -> None:
    objects = rendered()
    pod, container = objects["Deployment"]["spec"]["template"]["spec"], container_of(objects)
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert pod["terminationGracePeriodSeconds"] > 60
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in pod["volumes"]}
    assert "--registry=registry.example.com" in container["args"]


@pytest.mark.parametrize("kserve", [False, True])
def test_it_reads_images_and_finds_as_the_tasks_pods_do(kserve: bool) -> None:
    objects = rendered(FULL, **OWN, kserve=kserve)
    spec = objects["ServingRuntime"]["spec"] if kserve else objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    variables = {each["name"]: each["value"] for each in container["env"]}
    assert len(variables) == len(container["env"])
    assert (
        variables.items()
        >= {
            "PRAXI_REGISTRY_AUTH_FILE": "/etc/praxi/registry/config.json",
            "PRAXI_CA_BUNDLE": "/etc/praxi/ca/ca-bundle.crt",
            "PRAXI_POLICY": "s3://bucket/policy.yaml",
            "PRAXI_FEEDS": "s3://bucket/praxi/feeds",
            "PRAXI_REGISTRY_MIRRORS": "docker.io=mirror.example.com/hub",
            "PRAXI_MLFLOW_URI": "https://mlflow.example.com",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4318",
            "HTTPS_PROXY": "http://proxy:3128",
            "NO_PROXY": ".svc,10.0.0.0/8",
            "PRAXI_EVENT_SECRET_FILE": "/etc/praxi/events/secret",
            "PRAXI_EVENT_WINDOW": "30",
            "PRAXI_ADMISSION_POLICY": "/etc/praxi/config/admission-policy.yaml",
            "PRAXI_ADMISSION_UNKNOWN": "deny",
            "AWS_REGION": "eu-central-1",
            "PRAXI_SERVE_MAX_AUDITS": "4",
        }.items()
    )
    assert "HTTP_PROXY" not in variables
    assert {"--chain=/etc/praxi/config/chain.yaml", "--platform=linux/arm64"} <= set(container["args"])
    volumes = {each["name"]: each for each in spec["volumes"]}
    assert set(volumes) == {each["name"] for each in container["volumeMounts"]}
    assert volumes["registry"]["secret"]["items"] == [{"key": ".dockerconfigjson", "path": "config.json"}]
    assert volumes["certificates"]["configMap"] == {"name": "site-ca"}
    assert {"identity", "next", "events"} <= set(volumes)
    assert spec["imagePullSecrets"] == [{"name": "pull-ours"}]
    if kserve:
        jsonschema.validate(spec, KSERVE["ServingRuntime"])
    for version in KUBERNETES if not kserve else ():
        kubernetes_validate.utils.validate(objects["Deployment"], version, strict=True)
        kubernetes_validate.utils.validate(objects["NetworkPolicy"], version, strict=True)
    data = objects["ConfigMap"]["data"]
    assert [step.name for step in Chain.parse(data["chain.yaml"].encode(), "values").steps][2] == "predict"
    assert parse_policy(data["admission-policy.yaml"].encode(), "values").fail
    assert objects["NetworkPolicy"]["spec"]["ingress"][-1]["from"] == [{"ipBlock": {"cidr": "10.1.0.1/32"}}]


def test_pods_are_replaced_when_the_chain_changes_and_not_when_the_experiment_does() -> None:
    def noted(**changes: Any) -> str:
        template = rendered(**changes)["Deployment"]["spec"]["template"]
        found: str = template["metadata"]["annotations"]["praxi.io/config"]
        return found

    assert noted() == noted(experiment={})
    assert noted() != noted(chain=OWN["chain"])


@pytest.mark.parametrize(
    "changes",
    [
        {"chain": {"name": "x", "steps": [{"name": "plan", "run": "guess"}]}},
        {
            "chain": {
                "name": "x",
                "steps": [{"name": "plan", "run": "plan", "command": ["a"], "gives": ["plan"]}],
            }
        },
        {"chain": {"name": "x", "steps": [{"name": "p", "service": {"url": "https://me:secret@next"}}]}},
        {"chain": {"name": "x", "steps": [{"name": "p", "command": ["a"]}]}},
        {"proxies": {"httpsProxy": "http://me:secret@proxy:3128"}},
        {"env": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "s3cret"}]},
        {"admission": {"policy": {}, "unknown": "perhaps"}},
        {"clientCidrs": ["10.1.0.1"]},
        {"events": {"secret": "No Name"}},
    ],
)
def test_values_that_can_not_be_right_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="serve"):
        rendered(**changes)


def test_an_api_server_asks_the_service_where_it_is() -> None:
    values = {"serve": SERVE | OWN, "admission": {"enabled": True, "caBundle": "YWJj"}}
    objects = {each["kind"]: each for each in chart.render(values)}
    (webhook,) = objects["ValidatingWebhookConfiguration"]["webhooks"]
    asked = webhook["clientConfig"]["service"]
    assert (asked["name"], asked["namespace"], asked["port"]) == ("praxi-serve", "praxi", 443)
    service = next(each for each in chart.render(values) if each["kind"] == "Service")
    assert 443 in {port["port"] for port in service["spec"]["ports"]}
    with pytest.raises(Exception, match="needs serve"):
        chart.render({"serve": SERVE, "admission": {"enabled": True, "caBundle": "YWJj"}})


@pytest.mark.parametrize("kserve", [False, True])
def test_the_cluster_vouches_for_tokens_of_accounts_that_are_named(
    kserve: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    named = {"subjects": ["system:serviceaccount:shop:*"], "audiences": ["praxi"]}
    objects = rendered(tokenReview=named, kserve=kserve)
    spec = objects["ServingRuntime"]["spec"] if kserve else objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    begin = container["args"].index("--token-review")
    assert container["args"][begin : begin + 3] == [
        "--token-review", "--subject=system:serviceaccount:shop:*", "--audience=praxi",
    ]  # fmt: skip
    paths = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
    assert paths["account"] == str(Cluster.of_pod().token_file.parent)
    (volume,) = (each for each in spec["volumes"] if each["name"] == "account")
    held = [next(iter(each.values())) for each in volume["projected"]["sources"]]
    assert [held[0]["path"], held[1]["items"][0]["path"]] == ["token", "ca.crt"]
    assert objects["ClusterRole"]["rules"] == [
        {"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]}
    ]
    (subject,) = objects["ClusterRoleBinding"]["subjects"]
    assert subject == {"kind": "ServiceAccount", "name": "praxi-serve", "namespace": "praxi"}
    for kind in {"ClusterRole", "ClusterRoleBinding", "Deployment"} & set(objects):
        for version in KUBERNETES:
            kubernetes_validate.utils.validate(objects[kind], version, strict=True)


def test_without_such_accounts_it_has_neither_token_nor_rights_in_the_cluster() -> None:
    objects = rendered()
    assert not {"ClusterRole", "ClusterRoleBinding"} & set(objects)
    assert "--token-review" not in container_of(objects)["args"]
    mounts = container_of(objects)["volumeMounts"]
    assert "account" not in {each["name"] for each in mounts}


def test_only_named_namespaces_reach_it() -> None:
    (rule,) = rendered()["NetworkPolicy"]["spec"]["ingress"]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "shop"}
    assert not rendered(clients=[])["NetworkPolicy"]["spec"]["ingress"]


@pytest.mark.parametrize("experiment", [SERVE["experiment"], {}])
def test_the_experiment_is_one_that_the_service_reads(experiment: dict[str, Any]) -> None:
    document = rendered(experiment=experiment)["ConfigMap"]["data"]["experiment.yaml"]
    expected = experiment.get("weights", {"champion": 100})
    assert Experiment.parse(document.encode(), "experiment.yaml").weights == expected


def test_kserve_runs_it_by_a_runtime_of_its_own() -> None:
    objects = rendered(kserve=True)
    assert "Deployment" not in objects
    for kind, schema in KSERVE.items():
        jsonschema.validate(objects[kind]["spec"], schema)
    model = objects["InferenceService"]["spec"]["predictor"]["model"]
    runtime = objects["ServingRuntime"]
    assert model["runtime"] == runtime["metadata"]["name"]
    (offered,) = runtime["spec"]["supportedModelFormats"]
    assert model["modelFormat"]["name"] == offered["name"]
    assert runtime["spec"]["containers"][0]["name"] == "kserve-container"
