"""Reviews in the full form of an API server's: what it adds to objects, subresources, updates, dry runs.

Each has what kube-apiserver 1.29 to 1.34 sends of such a request, field by field as captures of such servers
that others published have them: defaults, managed fields, the status of a new pod, options with their field
manager, both kinds where it was asked by another version. They were compared with what a kube-apiserver 1.20
posted, of those that it has. The objects are made up.
"""

from __future__ import annotations

import json
from typing import Any

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


NODE = {"username": "system:node:node-1", "groups": ["system:nodes", "system:authenticated"]}
WORKLOADS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Deployment": ("apps", "deployments", {"replicas": 3, "progressDeadlineSeconds": 600}),
    "ReplicaSet": ("apps", "replicasets", {"replicas": 3}),
    "StatefulSet": ("apps", "statefulsets", {"serviceName": "web", "podManagementPolicy": "OrderedReady"}),
    "DaemonSet": ("apps", "daemonsets", {"revisionHistoryLimit": 10}),
    "ReplicationController": ("", "replicationcontrollers", {"replicas": 1}),
    "Job": ("batch", "jobs", {"parallelism": 1, "backoffLimit": 6, "completionMode": "NonIndexed"}),
}
ALL = (SIDECAR, INIT, WEB, MODEL)


def template(**more: Any) -> dict[str, Any]:
    return {"metadata": {"creationTimestamp": None, "labels": {"app": "web"}}, "spec": spec(**more)}


def workload(kind: str, **more: Any) -> dict[str, Any]:
    """Return an object whose pods are made by a controller, with what the server fills in."""
    group, _, own = WORKLOADS[kind]
    named = metadata(name="web", uid="0a5e", generation=1)
    del named["generateName"]
    body = {**own, "selector": {"matchLabels": {"app": "web"}}, "template": template(**more)}
    version = f"{group}/v1" if group else "v1"
    return {"kind": kind, "apiVersion": version, "metadata": named, "spec": body, "status": {}}


def cron_job() -> dict[str, Any]:
    job = {"metadata": {"creationTimestamp": None}, "spec": {"template": template(restartPolicy="Never")}}
    body = {"schedule": "@daily", "concurrencyPolicy": "Allow", "suspend": False, "jobTemplate": job}
    return {
        "kind": "CronJob",
        "apiVersion": "batch/v1",
        "metadata": {"name": "web"},
        "spec": body,
        "status": {},
    }


def static_pod() -> dict[str, Any]:
    """Return what a kubelet tells of a pod that it runs from a file."""
    marks = {"kubernetes.io/config.mirror": "51f9", "kubernetes.io/config.source": "file"}
    node = {"apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": "2", "controller": True}
    own = {"name": "web-node-1", "namespace": "shop", "annotations": marks, "ownerReferences": [node]}
    body = spec(nodeName="node-1", hostNetwork=True, volumes=None, initContainers=None)
    return {"kind": "Pod", "apiVersion": "v1", "metadata": own, "spec": body, "status": {"phase": "Pending"}}


def named_pod(**more: Any) -> dict[str, Any]:
    """Return a pod as servers have it that choose the name, the uid and the time before they ask."""
    made = metadata(name="web-6d4cf56db6-kx2l9", uid="7f1e", creationTimestamp="2026-11-29T00:00:00Z")
    return {**pod(**more), "metadata": made}


def by_hand(**more: Any) -> dict[str, Any]:
    """Return a pod with no more than a person wrote, and nulls where a program would leave fields out."""
    body = {"containers": [{"name": "web", "image": WEB}], "volumes": None, "initContainers": None}
    return {
        "kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop", "labels": None},
        "spec": {**body, "ephemeralContainers": None, "imagePullSecrets": None, **more},
    }  # fmt: skip


def strict(operation: str, manager: str) -> dict[str, str]:
    options = {"kind": f"{operation.capitalize()}Options", "apiVersion": "meta.k8s.io/v1"}
    return {**options, "fieldManager": manager, "fieldValidation": "Strict"}


def debugging(*containers: dict[str, Any]) -> dict[str, Any]:
    own = {"name": "web", "namespace": "shop", "uid": "7f1e", "resourceVersion": "1478"}
    return {
        "kind": "EphemeralContainers",
        "apiVersion": "v1",
        "metadata": own,
        "ephemeralContainers": list(containers),
    }


def ending() -> dict[str, Any]:
    gone = metadata(deletionTimestamp="2026-11-29T00:00:30Z", deletionGracePeriodSeconds=30)
    return {**pod(), "metadata": gone}


DELETED = {**strict("DELETE", "k"), "gracePeriodSeconds": 30, "propagationPolicy": "Background"}
DEBUGGER = {**container("debugger-x", DEBUG, stdin=True, tty=True), "targetContainerName": "web"}
BY_DIGEST = [container("web", f"{WEB.rpartition(':')[0]}@sha256:{'7' * 64}")]
SHAPES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "a pod of a controller, not named yet": (asking(POD, "pods", "CREATE", object=pod()), ALL),
    "a pod of a controller": (
        asking(POD, "pods", "CREATE", object=named_pod(), name="web-6d4cf56db6-kx2l9"), ALL,
    ),
    "a pod by hand": (
        asking(POD, "pods", "CREATE", object=by_hand(), name="web", userInfo=PERSON,
               options=strict("CREATE", "kubectl-client-side-apply")), (WEB,),
    ),
    "a static pod": (
        asking(POD, "pods", "CREATE", object=static_pod(), name="web-node-1", userInfo=NODE), (WEB,),
    ),
    "a pod by digest": (
        asking(POD, "pods", "CREATE", object=by_hand(containers=BY_DIGEST), name="web"),
        (BY_DIGEST[0]["image"],),
    ),
    "a pod that ends": (
        asking(POD, "pods", "UPDATE", object=ending(), oldObject=pod(), name="web", userInfo=NODE), (),
    ),
    "a pod's status": (
        asking(POD, "pods", "UPDATE", object=pod(), oldObject=pod(), name="web", userInfo=NODE,
               subResource="status", requestSubResource="status"), (),
    ),
    "a pod's resources": (
        asking(POD, "pods", "UPDATE", object=pod(), oldObject=pod(), name="web",
               subResource="resize", requestSubResource="resize"), (),
    ),
    "a container for debugging": (
        asking(POD, "pods", "UPDATE", object=named_pod(ephemeralContainers=[DEBUGGER]), name="web",
               oldObject=named_pod(), subResource="ephemeralcontainers", userInfo=PERSON,
               requestSubResource="ephemeralcontainers", options=strict("UPDATE", "kubectl-debug")), (DEBUG,),
    ),
    "a container for debugging, as servers before 1.22 have it": (
        asking(("", "v1", "EphemeralContainers"), "pods", "UPDATE", object=debugging(DEBUGGER), name="web",
               oldObject=debugging(), subResource="ephemeralcontainers", userInfo=PERSON,
               requestSubResource="ephemeralcontainers"), (DEBUG,),
    ),
    "a pod that is deleted": (
        asking(POD, "pods", "DELETE", oldObject=ending(), name="web", options=DELETED), (),
    ),
    "a pod of a collection that is deleted": (
        asking(POD, "pods", "DELETE", oldObject=pod(), userInfo=PERSON, options=DELETED), (),
    ),
    "a pod that is bound": (
        asking(("", "v1", "Binding"), "pods", "CREATE", name="web", subResource="binding",
               object={"kind": "Binding", "apiVersion": "v1", "target": {"kind": "Node", "name": "n"}}), (),
    ),
    "a dry run": (
        asking(POD, "pods", "CREATE", object=pod(), dryRun=True,
               options={**strict("CREATE", "kubectl-create"), "dryRun": ["All"]}), ALL,
    ),
    "a cron job": (
        asking(("batch", "v1", "CronJob"), "cronjobs", "CREATE", object=cron_job(), name="web"), ALL,
    ),
    "a template of pods": (
        asking(("", "v1", "PodTemplate"), "podtemplates", "CREATE", name="web",
               object={"kind": "PodTemplate", "apiVersion": "v1", "template": template()}), ALL,
    ),
    **{
        f"{operation} of a {kind}": (
            asking((group, "v1", kind), resource, operation.partition(" ")[0], name="web",
                   object=workload(kind), **before),
            images,
        )
        for kind, (group, resource, _) in WORKLOADS.items()
        for operation, before, images in (
            ("CREATE", {}, ALL),
            ("UPDATE", {"oldObject": workload(kind)}, ()),
            ("UPDATE with another image of", {"oldObject": workload(kind, containers=BY_DIGEST)}, (WEB,)),
        )
    },
}  # fmt: skip
