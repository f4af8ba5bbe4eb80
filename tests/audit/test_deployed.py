from __future__ import annotations

import pytest

from praxi_tasks.audit.deployed import DeployedImage, named_images
from praxi_tasks.errors import UsageError

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        ("nginx:1.27", "nginx"),
        ("registry:5000/team/app:v1", "registry:5000/team/app"),
        ("registry:5000/app", "registry:5000/app"),
        ("quay.io/a/b@sha256:" + "b" * 64, "quay.io/a/b"),
        ("quay.io/a/b:1@sha256:" + "b" * 64, "quay.io/a/b"),
    ],
)
def test_a_manifest_digest_pins_the_reference(image: str, pinned: str) -> None:
    assert DeployedImage(image, DIGEST, "manifest").pinned == f"{pinned}@{DIGEST}"


@pytest.mark.parametrize("kind", ["", "config"])
def test_anything_else_is_read_by_its_tag(kind: str) -> None:
    assert DeployedImage("nginx:1.27", DIGEST, kind).pinned == "nginx:1.27"


def test_images_named_by_hand_stand_once_in_order() -> None:
    assert [image.image for image in named_images([" b:1 ", "a", "b:1"])] == ["b:1", "a"]


@pytest.mark.parametrize("references", [[], [""], ["a", " "]])
def test_no_image_is_a_usage_error(references: list[str]) -> None:
    with pytest.raises(UsageError):
        named_images(references)
