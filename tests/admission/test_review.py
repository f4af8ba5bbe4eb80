"""What an API server asks, and the document that answers it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.admission import answer, parse_review
from praxi_tasks.errors import AdmissionError
from tests.admission.reviews import UID, pod, pod_spec, review

TEMPLATE = {"template": {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec("a:1", "b:2")}}


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("Pod", pod("a:1", "b:2")),
        *((kind, {"spec": TEMPLATE}) for kind in (
            "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController",
        )),
        ("CronJob", {"spec": {"schedule": "@daily", "jobTemplate": {"spec": TEMPLATE}}}),
        ("PodTemplate", TEMPLATE),
    ],
)  # fmt: skip
def test_each_kind_that_runs_pods_names_its_images(kind: str, document: Any) -> None:
    asked = parse_review(review(kind, document))
    assert (asked.uid, asked.kind, asked.namespace, asked.images) == (UID, kind, "shop", ("a:1", "b:2"))


def test_all_containers_and_volumes_of_a_pod_count() -> None:
    document = pod(
        "a:1",
        initContainers=[{"name": "i", "image": "init:1"}, {"name": "j", "image": "a:1"}],
        ephemeralContainers=[{"name": "e", "image": "debug:1", "targetContainerName": "c0"}],
        volumes=[{"name": "v", "image": {"reference": "model:1", "pullPolicy": "Always"}}, {"name": "w"}],
    )
    asked = parse_review(review("Pod", document, subResource="ephemeralcontainers", operation="UPDATE"))
    assert asked.images == ("init:1", "a:1", "debug:1", "model:1")
    assert asked.name == "web-7d4b-"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"spec": None},
        {"spec": {"containers": 7}},
        {"spec": {"containers": [None, {"image": 7}]}},
    ],
)
def test_an_object_without_images_asks_for_nothing(document: Any) -> None:
    assert parse_review(review("Pod", document)).images == ()
    assert parse_review(review("ConfigMap", document)).images == ()


def test_what_is_deeper_than_any_pod_hides_no_image() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    document = {"a": deep, **pod("a:1")}
    assert parse_review(review("Pod", document)).images == ("a:1",)


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000,
    review("Pod", pod("a:1"), uid=""), review("Pod", pod("a:1"), uid=7),
    review("Pod", pod("a:1")).replace(b"k8s.io/v1", b"k8s.io/v1beta1"),
    review("Pod", pod("a:1")).replace(b'"AdmissionReview"', b'"Review"'),
])  # fmt: skip
def test_what_is_no_review_is_a_typed_error(body: bytes) -> None:
    with pytest.raises(AdmissionError) as raised:
        parse_review(body)
    assert str(raised.value).isprintable()


def test_an_answer_has_the_form_that_an_api_server_reads() -> None:
    asked = parse_review(review("Pod", pod("a:1")))
    assert answer(asked, True, "") == {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": {"uid": UID, "allowed": True},
    }
    denied = answer(asked, False, "bad\nimage", ["x" * 999] * 99)["response"]
    assert denied["status"] == {"code": 403, "reason": "Forbidden", "message": "bad\\nimage"}
    assert len(denied["warnings"]) <= 16
    assert all(len(warning) <= 256 for warning in denied["warnings"])
    assert sum(map(len, denied["warnings"])) <= 4096
    assert json.dumps(denied)
