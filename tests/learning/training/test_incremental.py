"""Learning batch after batch: nothing is forgotten, and what nobody had to repair is the same bytes."""

from __future__ import annotations

import numpy as np

from praxi_tasks.discovery import ExpertEnsemble, Model
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.learning.evaluation import score_layers
from praxi_tasks.learning.synthesis import LabelledLayer, LayerSampler
from praxi_tasks.learning.training.incremental import learn_releases, rebuild
from tests.support import world
from tests.support.stored import InMemoryReleases, as_stored

BATCH = 6


def batch(number: int) -> list[StoredRelease]:
    """Return the releases of a few packages that no other batch has."""
    names = [f"batch{number}{'abcdef'[place]}" for place in range(BATCH)]
    return [
        as_stored(world.release(name, version, 5 + number)) for name in names for version in ("1.0", "2.0")
    ]


def layers(releases: list[StoredRelease]) -> list[LabelledLayer]:
    sampler = LayerSampler([each.release() for each in releases], np.random.default_rng(3))
    return [sampler.draw(drifting=0.0) for _ in range(32)]


def test_after_many_batches_the_first_is_known_as_well_as_ever() -> None:
    batches = [batch(number) for number in range(5)]
    model, known = world.model(), list[StoredRelease]()
    of_first, first = layers(batches[0]), 0.0
    for number, new in enumerate(batches):
        before = [part.to_bytes() for part in model.parts]
        increment = learn_releases(model, new, InMemoryReleases(known))
        model = increment.model
        changed = [part.to_bytes() != old for part, old in zip(model.parts, before, strict=False)]
        assert any(changed) == bool(increment.repaired)
        known += new
        f1 = score_layers(model, of_first).f1
        first = first or f1
        assert f1 >= first - 0.001
        assert score_layers(model, layers(new)).f1 >= 0.95
        assert len(model.parts) == len(world.model().parts) + number + 1


def test_what_is_known_is_passed_over() -> None:
    model = learn_releases(world.model(), batch(0), InMemoryReleases()).model
    again = learn_releases(model, batch(0), InMemoryReleases(batch(0)))
    assert again.model is model
    assert again.learned == ()


def test_the_first_releases_make_a_model() -> None:
    made = learn_releases(Model(), [as_stored(each) for each in world.releases()], InMemoryReleases())
    assert len(made.learned) == len(world.releases())
    assert made.model.knows("pypi", "packagec", "1.1")


def test_a_rebuilt_model_still_knows_what_is_not_stored() -> None:
    base = learn_releases(world.model(), batch(0), InMemoryReleases()).model
    stored = [*batch(1), *(as_stored(world.find("packagea", version)) for version in world.VERSIONS)]
    stored.append(as_stored(world.find("packageb", "1.0")))
    made = rebuild(stored, base=base)
    for release in [*stored, *batch(0), *map(as_stored, world.releases())]:
        assert made.model.knows(*release.identity)
    assert all("pypi/packagea" not in part.packages for part in made.model.parts[:-1])
    assert score_layers(made.model, layers(batch(0))).f1 >= 0.95
    assert score_layers(made.model, layers(stored)).f1 >= 0.95


def test_a_rebuilt_model_keeps_its_experts_of_recordings() -> None:
    base = world.model().replaced(recorded=ExpertEnsemble(samples=(b"some",)))
    assert rebuild(batch(0), base=base).model.recorded is base.recorded


def test_without_anything_stored_the_model_is_the_one_of_before() -> None:
    assert rebuild([], base=world.model()).model is world.model()
