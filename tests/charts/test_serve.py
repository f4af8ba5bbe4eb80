"""The service on a cluster: a Deployment, or KServe's objects, rendered by Helm."""

from __future__ import annotations

from typing import Any

import jsonschema
import kubernetes_validate.utils
import pytest

from praxi_tasks.serving.experiment import Experiment
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


def rendered(**changes: Any) -> dict[str, Manifest]:
    """Return the service's objects by kind."""
    found = chart.render({"serve": SERVE | changes})
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
