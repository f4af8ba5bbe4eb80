"""Reviews as an API server of Kubernetes 1.31 posts them, and audits as they lie in a store."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from praxi_tasks.findings import Finding
from praxi_tasks.store import Store, documents, keys

UID = "705ab4f5-6393-11e8-b7cc-42010a800002"
API = {"Pod": ("", "pods"), "Deployment": ("apps", "deployments"), "CronJob": ("batch", "cronjobs")}


def review(kind: str, document: Any, **changes: Any) -> bytes:
    """Return the body that an API server posts when an object is created."""
    group, resource = API.get(kind, ("apps", f"{kind.lower()}s"))
    named = {"group": group, "version": "v1", "kind": kind}
    plural = {"group": group, "version": "v1", "resource": resource}
    request = {
        "uid": UID, "kind": named, "resource": plural, "requestKind": named, "requestResource": plural,
        "name": "", "namespace": "shop", "operation": "CREATE",
        "userInfo": {
            "username": "system:serviceaccount:kube-system:replicaset-controller",
            "uid": "014fbff9", "groups": ["system:serviceaccounts", "system:authenticated"],
        },
        "object": document, "oldObject": None, "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
    } | changes  # fmt: skip
    return json.dumps(
        {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    ).encode()


def pod_spec(*images: str, **more: Any) -> dict[str, Any]:
    containers = [
        {
            "name": f"c{number}", "image": image, "resources": {}, "imagePullPolicy": "IfNotPresent",
            "volumeMounts": [{"name": "token", "mountPath": "/var/run/secrets"}],
        }
        for number, image in enumerate(images)
    ]  # fmt: skip
    return {"containers": containers, "restartPolicy": "Always", "serviceAccountName": "default", **more}


def pod(*images: str, **more: Any) -> dict[str, Any]:
    metadata = {"generateName": "web-7d4b-", "namespace": "shop", "labels": {"app": "web"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec(*images, **more)}


def audit(store: Store, run: str, at: str, images: dict[str, tuple[str, list[Finding]]]) -> None:
    """Write of an audit what admission reads: images with their digests and findings."""
    listed = [
        {"image": image, "digest": digest, "state": "audited", "findings": msgspec.to_builtins(findings)}
        for image, (digest, findings) in images.items()
    ]
    documents.write(store, keys.run(run, "findings.json"), {"run": run, "at": at, "images": listed})
