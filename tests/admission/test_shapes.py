"""Reviews in the full form of an API server's, and what they are about."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from praxi_tasks.admission import parse_review
from praxi_tasks.errors import AdmissionError
from tests.admission.shapes import (
    DEBUG,
    INIT,
    MODEL,
    PERSON,
    POD,
    SHAPES,
    SIDECAR,
    UID,
    WEB,
    asking,
    container,
    metadata,
    pod,
    spec,
)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_about_the_images_that_it_would_start(shape: str) -> None:
    body, images = SHAPES[shape]
    asked = parse_review(body)
    assert (asked.uid, asked.namespace, asked.images) == (UID, "shop", images)
    assert asked.is_dry == (shape == "a dry run")


@pytest.mark.parametrize("shape", SHAPES)
def test_what_lies_too_deep_beside_it_changes_nothing(shape: str) -> None:
    body, _ = SHAPES[shape]
    deep = b'{"request":{"uid":"","object":' + b"[" * 2_000 + b"]" * 2_000 + b"},"
    assert parse_review(deep + body[1:]) == parse_review(body)


def test_of_a_large_object_no_more_is_kept_than_what_is_looked_at() -> None:
    large = pod()
    large["spec"]["containers"][0]["env"] = [{"name": f"N{n}", "value": "v"} for n in range(90_000)]
    body = asking(POD, "pods", "UPDATE", object=large, oldObject=large)
    assert len(body) > 6_000_000
    tracemalloc.start()
    assert parse_review(body).images == ()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


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
