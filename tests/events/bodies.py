"""What registries send, in the forms of their documentation."""

from __future__ import annotations

from typing import Any

IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"


def digest(character: str) -> str:
    return f"sha256:{character * 64}"


def distribution_event(of: str = "a", **changes: Any) -> dict[str, Any]:
    """Return an event of a push; names with ``target_`` in front change its target."""
    target = {
        "mediaType": IMAGE, "size": 708, "digest": digest(of), "length": 708, "repository": "shop/web",
        "url": f"http://registry.example:5000/v2/shop/web/manifests/{digest(of)}", "tag": "1.4",
    }  # fmt: skip
    event = {
        "id": "320678d8-ca14-430f-8bb6-4ca139cd83f7",
        "timestamp": "2026-11-28T09:14:44.123456789Z",
        "action": "push",
        "target": target,
        "request": {"addr": "10.0.0.7:5000", "host": "registry.example:5000", "method": "PUT"},
        "actor": {},
        "source": {"addr": "registry-0:5000", "instanceID": "a53db899"},
    }  # fmt: skip
    for name, value in changes.items():
        inner = name.removeprefix("target_")
        (event if inner == name else target)[inner] = value
    return event


def harbor(kind: str = "PUSH_ARTIFACT", *, tag: str = "2.0", of: str = "b") -> dict[str, Any]:
    """Return a webhook in Harbor's own form."""
    return {"type": kind, "occur_at": 1764321284, "operator": "admin", "event_data": _harbor_data(tag, of)}


def harbor_cloud_event(kind: str = "harbor.artifact.pushed") -> dict[str, Any]:
    """Return a webhook in the form of a CloudEvent."""
    return {
        "specversion": "1.0", "id": "66e18103", "source": "/projects/2/webhook/policies/15",
        "type": kind, "datacontenttype": "application/json", "time": "2026-11-28T09:14:44Z",
        "data": _harbor_data("2.0", "b"), "operator": "robot",
    }  # fmt: skip


def _harbor_data(tag: str, of: str) -> dict[str, Any]:
    name = "harbor.example/shop/web"
    url = f"{name}@{tag}" if tag.startswith("sha256:") else f"{name}:{tag}"
    return {
        "resources": [{"digest": digest(of), "tag": tag, "resource_url": url}],
        "repository": {
            "date_created": 1764321000, "name": "web", "namespace": "shop", "repo_full_name": "shop/web",
            "repo_type": "private",
        },
    }  # fmt: skip


def quay(*tags: str) -> dict[str, Any]:
    """Return a notification of Quay that a repository was pushed to."""
    return {
        "name": "web", "repository": "shop/web", "namespace": "shop", "docker_url": "quay.example/shop/web",
        "homepage": "https://quay.example/repository/shop/web", "updated_tags": list(tags),
    }  # fmt: skip


def ecr(**changes: Any) -> dict[str, Any]:
    """Return an event of ECR as EventBridge sends it; names are those of its detail, with ``_`` for ``-``."""
    detail = {
        "result": "SUCCESS", "repository-name": "shop/web", "image-digest": digest("c"), "image-tag": "3",
        "action-type": "PUSH", "manifest-media-type": IMAGE, "artifact-media-type": CONFIG,
    } | {name.replace("_", "-"): value for name, value in changes.items()}  # fmt: skip
    return {
        "version": "0", "id": "13cde686", "detail-type": "ECR Image Action", "source": "aws.ecr",
        "account": "123456789012", "time": "2026-11-28T09:14:44Z", "region": "eu-central-1", "resources": [],
        "detail": detail,
    }  # fmt: skip
