"""Reviews in the full form of an API server's: what it adds to objects, subresources, updates, dry runs.

Each has what kube-apiserver 1.29 to 1.34 sends of such a request: defaults, managed fields, the status of a
new pod, both kinds where it was asked by another version. No API server posted them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.admission import parse_review
from praxi_tasks.errors import AdmissionError

UID = "0df28fbd-5f5f-11e8-bc74-36e6bb280816"
CONTROLLER = {
    "username": "system:serviceaccount:kube-system:replicaset-controller",
    "uid": "f3bd7f5c-31a9-4d33-8a25-4f7a3f1d4e0c",
    "groups": ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
    "extra": {"authentication.kubernetes.io/credential-id": ["JTI=7a"]},
}
PERSON = {"username": "kubernetes-admin", "groups": ["kubeadm:cluster-admins", "system:authenticated"]}
TOKEN = {
    "name": "kube-api-access-x7k2p",
    "readOnly": True,
    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
}
WEB = "registry.example.com/shop/web:1.4"
INIT = "registry.example.com/shop/migrate:1.4"
SIDECAR = "registry.example.com/mesh/proxy@sha256:" + "5" * 64
DEBUG = "registry.example.com/tools/debug:2"
MODEL = "registry.example.com/models/rank:7"


def container(name: str, image: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "image": image, "resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": "100m"}},
        "volumeMounts": [TOKEN], "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent", **more,
    }  # fmt: skip


def spec(**more: Any) -> dict[str, Any]:
    """Return a pod's specification with a proxy that is an init container which goes on running."""
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]
    return {
        "volumes": [
            {"name": TOKEN["name"], "projected": {"sources": sources, "defaultMode": 420}},
            {"name": "rank", "image": {"reference": MODEL, "pullPolicy": "IfNotPresent"}},
        ],
        "initContainers": [
            container("proxy", SIDECAR, restartPolicy="Always"), container("migrate", INIT, command=["m"]),
        ],
        "containers": [container("web", WEB, env=[{"name": "IMAGE", "value": "not.an/image:1"}])],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "serviceAccountName": "web", "serviceAccount": "web", "securityContext": {},
        "schedulerName": "default-scheduler", "priority": 0, "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}],
        **more,
    }  # fmt: skip


def metadata(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
        "f:spec": {"f:containers": {'k:{"name":"web"}': {}}},
    }
    return {
        "generateName": "web-6d4cf56db6-", "namespace": "shop", "creationTimestamp": None,
        "labels": {"app": "web", "pod-template-hash": "6d4cf56db6"},
        "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6d4", "uid": "1"}],
        "managedFields": [
            {"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1",
             "time": "2026-11-29T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": fields},
        ],
        **more,
    }  # fmt: skip


def pod(**more: Any) -> dict[str, Any]:
    status = {"phase": "Pending", "qosClass": "Burstable"}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata(), "spec": spec(**more), "status": status}


def asking(kind: tuple[str, str, str], resource: str, operation: str, **more: Any) -> bytes:
    group, version, name = kind
    gvk = {"group": group, "version": version, "kind": name}
    gvr = {"group": group, "version": version, "resource": resource}
    options = {
        "kind": f"{operation.capitalize()}Options",
        "apiVersion": "meta.k8s.io/v1",
        "fieldManager": "k",
    }
    request = {
        "uid": UID, "kind": gvk, "resource": gvr, "requestKind": gvk, "requestResource": gvr,
        "namespace": "shop", "operation": operation, "userInfo": CONTROLLER, "object": None,
        "oldObject": None, "dryRun": False, "options": options, **more,
    }  # fmt: skip
    document = {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    return json.dumps(document).encode()


POD = ("", "v1", "Pod")


def test_a_pod_that_a_controller_creates() -> None:
    asked = parse_review(asking(POD, "pods", "CREATE", object=pod()))
    assert (asked.uid, asked.namespace, asked.name) == (UID, "shop", "web-6d4cf56db6-")
    assert asked.images == (SIDECAR, INIT, WEB, MODEL)
    assert not asked.is_dry


def test_of_a_dry_run_nothing_follows() -> None:
    asked = parse_review(asking(POD, "pods", "CREATE", object=pod(), dryRun=True, userInfo=PERSON))
    assert asked.is_dry
    assert WEB in asked.images


def test_a_container_for_debugging_is_judged_and_not_what_runs_already() -> None:
    debugger = {**container("debugger-x", DEBUG, stdin=True, tty=True), "targetContainerName": "web"}
    changed = pod(ephemeralContainers=[debugger])
    named = {
        "name": "web-6d4cf56db6-kx2l9",
        "subResource": "ephemeralcontainers",
        "requestSubResource": "ephemeralcontainers",
    }
    body = asking(POD, "pods", "UPDATE", object=changed, oldObject=pod(), userInfo=PERSON, **named)
    asked = parse_review(body)
    assert (asked.images, asked.name) == ((DEBUG,), "web-6d4cf56db6-kx2l9")


def test_an_update_that_leaves_the_images_is_about_none() -> None:
    changed = pod()
    changed["metadata"]["finalizers"] = []
    assert parse_review(asking(POD, "pods", "UPDATE", object=changed, oldObject=pod())).images == ()


def test_an_update_to_another_image_is_about_that() -> None:
    kind = ("apps", "v1", "Deployment")

    def deployment(image: str) -> dict[str, Any]:
        template = {
            "metadata": {"creationTimestamp": None},
            "spec": spec(containers=[container("web", image)]),
        }
        body = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template}
        return {
            "kind": "Deployment",
            "apiVersion": "apps/v1",
            "metadata": metadata(),
            "spec": body,
            "status": {},
        }

    old, new = deployment(WEB), deployment(DEBUG)
    beta = {"group": "extensions", "version": "v1beta1", "kind": "Deployment"}
    body = asking(kind, "deployments", "UPDATE", object=new, oldObject=old, requestKind=beta, name="web")
    assert parse_review(body).images == (DEBUG,)
    created = asking(kind, "deployments", "CREATE", object=old)
    assert parse_review(created).images == (SIDECAR, INIT, WEB, MODEL)


@pytest.mark.parametrize(
    ("kind", "resource", "operation", "more"),
    [
        (POD, "pods", "DELETE", {"oldObject": pod(), "name": "web"}),
        (("", "v1", "PodExecOptions"), "pods", "CONNECT",
         {"object": {"kind": "PodExecOptions", "apiVersion": "v1", "container": "web", "command": ["sh"]},
          "subResource": "exec", "name": "web"}),
        (("autoscaling", "v1", "Scale"), "deployments", "UPDATE",
         {"object": {"kind": "Scale", "apiVersion": "autoscaling/v1", "spec": {"replicas": 2}},
          "oldObject": {"kind": "Scale", "spec": {"replicas": 1}}, "subResource": "scale", "name": "web"}),
        (("policy", "v1", "Eviction"), "pods", "CREATE",
         {"object": {"kind": "Eviction", "apiVersion": "policy/v1"}, "subResource": "eviction"}),
    ],
)  # fmt: skip
def test_what_starts_nothing_is_about_no_image(
    kind: tuple[str, str, str], resource: str, operation: str, more: dict[str, Any]
) -> None:
    assert parse_review(asking(kind, resource, operation, **more)).images == ()


def test_an_older_version_is_refused_with_what_to_do() -> None:
    body = asking(POD, "pods", "CREATE", object=pod()).replace(
        b"admission.k8s.io/v1", b"admission.k8s.io/v1beta1"
    )
    with pytest.raises(AdmissionError, match="admissionReviewVersions"):
        parse_review(body)
