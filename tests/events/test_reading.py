"""Bodies of each registry become images by digest; all that is no push of an image is counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import EventError
from praxi_tasks.events import FORMS, IGNORED, LARGEST, Form, Notices, read_body, read_message
from tests.events import bodies

AT = datetime(2026, 11, 28, 9, 14, 44, tzinfo=UTC)


def read(document: Any, form: Form) -> Notices:
    return read_body(json.dumps(document).encode(), form)


@pytest.mark.parametrize(
    ("form", "document", "image"),
    [
        (
            "distribution",
            {"events": [bodies.distribution_event()]},
            f"registry.example:5000/shop/web:1.4@{bodies.digest('a')}",
        ),
        ("harbor", bodies.harbor(), f"harbor.example/shop/web:2.0@{bodies.digest('b')}"),
        (
            "harbor",
            bodies.harbor(tag=bodies.digest("b")),
            f"harbor.example/shop/web@{bodies.digest('b')}",
        ),
        ("harbor", bodies.harbor_cloud_event(), f"harbor.example/shop/web:2.0@{bodies.digest('b')}"),
        (
            "ecr",
            bodies.ecr(),
            f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:3@{bodies.digest('c')}",
        ),
    ],
)
def test_a_push_is_an_image_by_digest(form: Form, document: Any, image: str) -> None:
    found = read(document, form)
    assert [push.image for push in found.pushes] == [image]
    push = found.pushes[0]
    assert push.image.endswith(push.digest)
    assert push.digest.startswith("sha256:")
    assert push.source == form
    assert push.at is not None
    assert push.at.tzinfo is not None
    assert found.ignored == {}
    assert read_message(json.dumps(document)) == found, "a queue's message says nothing of its form"


def test_a_push_has_the_time_that_was_told() -> None:
    assert read(bodies.ecr(), "ecr").pushes[0].at == AT
    assert read(bodies.harbor(), "harbor").pushes[0].at == datetime(2025, 11, 28, 9, 14, 44, tzinfo=UTC)
    nanoseconds = read({"events": [bodies.distribution_event()]}, "distribution").pushes[0].at
    assert nanoseconds is not None
    assert nanoseconds.replace(microsecond=0) == AT


@pytest.mark.parametrize("at", [10**30, -(10**30), 1e308, True, "soon", None, [], "2026-99-01T00:00:00Z"])
def test_a_time_that_is_none_keeps_no_image_from_being_known(at: object) -> None:
    found = read({"events": [bodies.distribution_event(timestamp=at)]}, "distribution")
    assert [push.at for push in found.pushes] == [None]


def test_images_may_be_named_one_by_one() -> None:
    named = ["registry.example/a:1", f"registry.example/b@{bodies.digest('a')}", "A B", 7, ""]
    found = read({"images": named}, "images")
    assert [push.image for push in found.pushes] == named[:2]
    assert found.ignored == {"malformed": 3}


def test_quay_tells_tags_alone() -> None:
    found = read(bodies.quay("1", "latest"), "quay")
    assert [(push.image, push.digest) for push in found.pushes] == [
        ("quay.example/shop/web:1", ""),
        ("quay.example/shop/web:latest", ""),
    ]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"action": "pull"}, "pull"),
        ({"action": "delete"}, "delete"),
        ({"action": "mount"}, "blob"),
        ({"action": "polish"}, "other"),
        ({"action": None}, "malformed"),
        ({"target": None}, "malformed"),
        ({"target": []}, "malformed"),
        ({"target_digest": "sha256:short"}, "malformed"),
        ({"target_digest": ""}, "malformed"),
        ({"target_repository": "../etc"}, "malformed"),
        ({"request": {"host": "a b"}}, "malformed"),
        ({"request": {}, "target_url": "http://[::1"}, "malformed"),
        ({"target_mediaType": bodies.INDEX}, "index"),
        ({"target_mediaType": "application/vnd.docker.distribution.manifest.list.v2+json"}, "index"),
        ({"target_mediaType": "application/octet-stream"}, "blob"),
        ({"target_mediaType": "application/vnd.oci.artifact.manifest.v1+json"}, "artifact"),
        ({"target_tag": f"sha256-{'0' * 64}.sig"}, "signature"),
        ({"target_tag": f"sha256-{'0' * 64}.att"}, "signature"),
        ({"target_tag": f"sha256-{'0' * 64}"}, "signature"),
        ({"target_references": [{"mediaType": "application/vnd.cncf.helm.config.v1+json"}]}, "artifact"),
        (
            {
                "target_references": [
                    {"mediaType": bodies.CONFIG},
                    {"mediaType": "application/vnd.in-toto+json"},
                ]
            },
            "signature",
        ),
    ],
)
def test_what_is_no_push_of_an_image_is_counted_by_kind(changes: dict[str, Any], kind: str) -> None:
    other = bodies.distribution_event("f")
    found = read({"events": [bodies.distribution_event(**changes), other]}, "distribution")
    assert found.ignored == {kind: 1}
    assert kind in IGNORED
    assert [push.digest for push in found.pushes] == [bodies.digest("f")], "one keeps nobody from another"


def test_an_image_whose_parts_are_told_is_one() -> None:
    parts = [{"mediaType": bodies.CONFIG}, {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"}]
    found = read({"events": [bodies.distribution_event(target_references=parts)]}, "distribution")
    assert len(found.pushes) == 1


@pytest.mark.parametrize(
    ("host", "url", "name"),
    [
        ("registry", "http://registry/v2/", "registry:80/shop/web"),
        ("registry", "https://registry/v2/", "registry:443/shop/web"),
        ("localhost", "http://localhost/v2/", "localhost:80/shop/web"),
        ("", "https://registry.example/v2/", "registry.example/shop/web"),
        ("[::1]:5000", "", "[::1]:5000/shop/web"),
    ],
)
def test_a_registry_is_never_taken_for_a_user_of_docker_hub(host: str, url: str, name: str) -> None:
    event = bodies.distribution_event(request={"host": host}, target_url=url)
    found = read({"events": [event]}, "distribution")
    assert [push.image.split(":1.4@")[0] for push in found.pushes] == [name]


@pytest.mark.parametrize(
    ("document", "form", "kind"),
    [
        (bodies.harbor("PULL_ARTIFACT"), "harbor", "pull"),
        (bodies.harbor("DELETE_ARTIFACT"), "harbor", "delete"),
        (bodies.harbor("SCANNING_COMPLETED"), "harbor", "other"),
        (bodies.harbor_cloud_event("harbor.artifact.deleted"), "harbor", "delete"),
        (bodies.harbor(tag=f"sha256-{'0' * 64}.sig"), "harbor", "signature"),
        (bodies.harbor() | {"event_data": {}}, "harbor", "malformed"),
        (bodies.harbor() | {"event_data": {"resources": [7]}}, "harbor", "malformed"),
        (bodies.ecr(action_type="DELETE"), "ecr", "delete"),
        (bodies.ecr(result="FAILURE"), "ecr", "failed"),
        (bodies.ecr(manifest_media_type=bodies.INDEX), "ecr", "index"),
        (bodies.ecr(artifact_media_type="application/vnd.cncf.helm.config.v1+json"), "ecr", "artifact"),
        (bodies.ecr(image_digest=None), "ecr", "malformed"),
        (bodies.ecr() | {"region": "../x"}, "ecr", "malformed"),
        (bodies.ecr() | {"account": "attacker.example/"}, "ecr", "malformed"),
        (bodies.ecr() | {"detail-type": "ECR Image Scan"}, "ecr", "other"),
        (bodies.quay() | {"updated_tags": None}, "quay", "other"),
        (bodies.quay() | {"updated_tags": 7}, "quay", "malformed"),
        (bodies.quay("") | {}, "quay", "malformed"),
    ],
)
def test_other_notifications_are_counted_too(document: Any, form: Form, kind: str) -> None:
    found = read(document, form)
    assert (found.pushes, found.ignored) == ((), {kind: 1})


def test_a_digest_without_a_tag_needs_none() -> None:
    event = bodies.ecr()
    del (
        event["detail"]["image-tag"],
        event["detail"]["manifest-media-type"],
        event["detail"]["artifact-media-type"],
    )
    assert read(event, "ecr").pushes[0].image.endswith(f"/shop/web@{bodies.digest('c')}")


def test_a_region_of_china_has_its_own_domain() -> None:
    found = read(bodies.ecr() | {"region": "cn-north-1"}, "ecr")
    assert found.pushes[0].image.startswith("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/")


@pytest.mark.parametrize(
    "carry",
    [
        lambda text: {"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": text},
        lambda text: {"MessageId": "1", "ReceiptHandle": "r", "Body": text},
        lambda text: {"Body": json.dumps({"Type": "Notification", "Message": text})},
        lambda text: {"status": "success", "message_batch": [{"MessageId": "1", "Body": text}]},
        lambda text: {"Records": [{"messageId": "1", "body": text}]},
        lambda text: {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]},
        lambda text: {"type": "message", "pattern": None, "channel": "pushes", "data": text},
        lambda text: [text],
    ],
)
def test_envelopes_are_opened(carry: Any) -> None:
    carried = carry(json.dumps(bodies.ecr()))
    expected = read(bodies.ecr(), "ecr")
    assert read_message(carried) == expected
    assert read(carried, "ecr") == expected


def test_one_message_of_a_batch_keeps_nobody_from_the_others() -> None:
    batch = [{"Body": "nonsense"}, {"Body": json.dumps(bodies.harbor())}, {"Body": json.dumps(bodies.ecr())}]
    found = read_message({"message_batch": batch})
    assert [push.source for push in found.pushes] == ["harbor", "ecr"]
    assert found.ignored == {"malformed": 1}


def test_a_subscription_is_no_event() -> None:
    asked = {"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe …", "Token": "1"}
    assert read(asked, "ecr").ignored == {"other": 1}


def test_an_image_that_is_told_twice_is_one() -> None:
    event = bodies.distribution_event()
    assert len(read({"events": [event, event]}, "distribution").pushes) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"7", "no JSON object"),
        (b"{}", "it is no notification of distribution"),
        (json.dumps(bodies.harbor()).encode(), "it is no notification of distribution"),
        (b" " * (LARGEST + 1), "are the most"),
        (
            json.dumps(
                {"Body": json.dumps({"Body": json.dumps({"Body": json.dumps({"Body": "{}"})})})}
            ).encode(),
            "too many",
        ),
    ],
)
def test_what_is_no_event_is_a_typed_error(body: bytes, why: str) -> None:
    with pytest.raises(EventError, match=why) as raised:
        read_body(body, "distribution")
    assert raised.value.where
    assert raised.value.action
    assert str(raised.value).isprintable()


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["events", "action", "target", "type", "event_data", "resources", "docker_url", "updated_tags",
             "detail-type", "source", "detail", "Message", "Body", "data", "message_batch"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(_JSON, st.sampled_from(FORMS))
def test_no_document_ends_in_another_error(document: Any, form: Form) -> None:
    for attempt in (partial(read, document, form), partial(read_message, document)):
        try:
            found = attempt()
        except EventError:
            continue
        assert {*found.ignored} <= {*IGNORED}
