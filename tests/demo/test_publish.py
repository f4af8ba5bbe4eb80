"""What is built again, and what is not."""

from __future__ import annotations

import dataclasses

import pytest

from demo.images import IMAGE_SPECS
from demo.publish import inspect, spec_keys
from demo.timeline import Published


def test_a_changed_parent_changes_its_descendants_alone() -> None:
    before = spec_keys(IMAGE_SPECS)
    changed = tuple(
        dataclasses.replace(spec, zstd=True) if spec.name == "worker" else spec for spec in IMAGE_SPECS
    )
    after = spec_keys(changed)
    assert {name for name in before if before[name] != after[name]} == {"worker", "migrate"}


@pytest.mark.server
@pytest.mark.slow
def test_published_images_are_found_and_others_not(demo_images: dict[str, Published]) -> None:
    web = demo_images["web"]
    host, _, reference = web.reference.partition("/")
    assert inspect(host, reference) == web
    assert inspect(host, "shop/web:9.9") is None
    assert inspect(host, "no/such:1") is None
