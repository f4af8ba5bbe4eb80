"""What layers are made up of: held-out packages where they are asked for, and packages that share no file."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.learning.synthesis.augmentation import Damage
from praxi_tasks.learning.synthesis.layer_sampler import LayerSampler
from tests.support import world

HELD_OUT = frozenset({"pypi/packagea", "pypi/packageb", "pypi/packagec"})


def truths(held_out: float) -> list[set[str]]:
    sampler = LayerSampler(world.releases(), np.random.default_rng(4), held_out_packages=HELD_OUT)
    return [set(sampler.draw(Damage(), held_out=held_out).truth) for _ in range(60)]


def test_some_layers_hold_held_out_packages_only_and_some_a_few() -> None:
    drawn = truths(1.0)
    assert sum(truth <= HELD_OUT for truth in drawn) > 20
    assert any(truth & HELD_OUT and truth - HELD_OUT for truth in drawn)


def test_held_out_packages_are_rare_unless_asked_for() -> None:
    drawn = truths(0.0)
    assert sum(len(truth & HELD_OUT) for truth in drawn) < 0.3 * sum(map(len, drawn))


@pytest.mark.parametrize("most", [1, 5])
def test_a_layer_holds_no_more_than_allowed(most: int) -> None:
    sampler = LayerSampler(world.releases(), np.random.default_rng(5), most=most)
    sizes = {len(sampler.draw(Damage()).truth) for _ in range(60)}
    assert sizes == set(range(1, most + 1))


def test_some_layers_are_whole_systems_where_there_are_packages_enough() -> None:
    releases = [world.release(f"package{number}", "1.0") for number in range(600)]
    sampler = LayerSampler(releases, np.random.default_rng(6), systems=0.5)
    sizes = [len(sampler.draw(Damage()).truth) for _ in range(20)]
    assert 4 < sum(size >= 100 for size in sizes) < 16
    few = LayerSampler(releases[:400], np.random.default_rng(6), systems=0.5)
    assert max(len(few.draw(Damage()).truth) for _ in range(20)) <= 12
