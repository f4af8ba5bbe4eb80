"""What is built again, and what is not."""

from __future__ import annotations

import dataclasses

import pytest

from demo.images import RECIPES
from demo.publish import inspect, recipe_keys
from demo.timeline import Published


def test_a_changed_parent_changes_its_descendants_alone() -> None:
    before = recipe_keys(RECIPES)
    changed = tuple(
        dataclasses.replace(recipe, zstd=True) if recipe.name == "worker" else recipe for recipe in RECIPES
    )
    after = recipe_keys(changed)
    assert {name for name in before if before[name] != after[name]} == {"worker", "migrate"}


@pytest.mark.server
@pytest.mark.slow
def test_published_images_are_found_and_others_not(demo_images: dict[str, Published]) -> None:
    web = demo_images["web"]
    host, _, reference = web.reference.partition("/")
    assert inspect(host, reference) == web
    assert inspect(host, "shop/web:9.9") is None
    assert inspect(host, "no/such:1") is None
