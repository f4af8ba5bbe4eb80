"""Old packages that fire on new software are found, repaired by name, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from praxi_tasks.discovery import Catalogue, DecisionRule, Lookup, Model, Release
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.synthesis import Files, reconstructed_layers
from praxi_tasks.learning.training.held_out import make_scorer
from praxi_tasks.learning.training.repair import find_false_positives, repair
from tests.support import world


def part_of(catalogue: Catalogue, name: str) -> list[tuple[object, ...]]:
    """Return all that a catalogue knows of one package."""
    number = catalogue.packages.index(name)
    start, end = catalogue.row_starts[number : number + 2].tolist()
    columns = (catalogue.row_keys, catalogue.row_sizes, catalogue.row_hashes, catalogue.row_core)
    rows = list(zip(*(column[start:end].tolist() for column in columns), strict=True))
    keys = catalogue.keys[catalogue.owners == number].tolist()
    folders = catalogue.folders[catalogue.folder_owners == number].tolist()
    counts = (catalogue.expected[number], catalogue.extras[number])
    return [*rows, *((key,) for key in (*keys, *folders)), counts, tuple(catalogue.versions_of(number))]


def relative(name: str, of: Release, share: int) -> Release:
    """Make a release with some paths of another one, one of which is the same, and twenty of its own."""
    taken = of.paths[:share]
    own = [f"{name}/own{number}.py" for number in range(20)]
    files = [ReleaseFile(path, 77 + n, f"{n + 1:016x}") for n, path in enumerate([*taken, *own])]
    files[0] = ReleaseFile(taken[0], int(of.sizes[0]), f"{int(of.hashes[0]):016x}")
    return make_release(ReleaseLine(name, "1.0", files))


@pytest.fixture(scope="module")
def base() -> Model:
    """Train a model of a world in which some packages have paths in common."""
    kin = [relative(f"kin{letter}", world.find(f"package{letter}", "1.0"), 3) for letter in "abcdefgh"]
    known = [*world.releases(), *kin]
    return Model([build_catalogue(known)], make_scorer((), None, known, np.random.default_rng(1)))


def named(model: Model, release: Release) -> set[str]:
    layer = world.layer(Files.of(release))
    return {f"{one.ecosystem}/{one.name}" for one in model.predict(layer).releases}


def test_new_software_that_shares_nothing_makes_nobody_fire(base: Model) -> None:
    new = [world.release("stranger", "1.0")]
    model = Model([*base.parts, build_catalogue(new)], base.scorer)
    assert find_false_positives(model, new, np.random.default_rng(1)) == {}
    assert repair(model, {}, {}) == (model, ())


def test_a_repaired_package_no_longer_has_what_the_new_one_has_too(base: Model) -> None:
    old = world.find("packagef", "1.0")
    new = relative("newcomer", old, 2)
    model = Model([*base.parts, build_catalogue([new])], base.scorer)
    mended, repaired = repair(model, {old.package: [new]}, {old.package: [old]})
    assert repaired == (old.package,)
    before, after = model.known_of(old.package), mended.known_of(old.package)
    lost = set(before.keys.tolist()) - set(after.keys.tolist())
    assert lost == set(new.normalised.keys.tolist()) & set(old.normalised.keys.tolist())
    assert after.expected[0] == before.expected[0] - 2
    assert named(mended, old) == {old.package}


def test_what_is_not_repaired_is_known_as_before_byte_for_byte(base: Model) -> None:
    old = world.find("packagef", "1.0")
    new = relative("newcomer", old, 4)
    learned = build_catalogue([new])
    model = Model([*base.parts, learned], base.scorer)
    mended, repaired = repair(model, {old.package: [new]}, {old.package: [old]})
    for name in model.parts[0].packages:
        if name not in repaired:
            assert part_of(mended.known_of(name), name) == part_of(model.known_of(name), name), name
    assert mended.parts[:2] == model.parts
    assert [part.packages for part in mended.parts[2:]] == ([[old.package]] if repaired else [])
    assert mended.scorer.to_bytes() == model.scorer.to_bytes()


def test_a_repair_is_a_small_part_of_its_pack_and_stored_as_one(base: Model) -> None:
    old = world.find("packagef", "1.0")
    new = relative("newcomer", old, 2)
    packed = replace(base.parts[0], pack="pypi/popular")
    model = Model([packed, build_catalogue([new])], base.scorer)
    mended, repaired = repair(model, {old.package: [new]}, {old.package: [old]})
    assert repaired == (old.package,)
    whole, small = (part for part in mended.parts if part.pack == "pypi/popular")
    assert whole is packed
    assert small.pack == "pypi/popular"
    again = Catalogue.from_bytes(small.to_bytes(), small.pack)
    assert again.superseded.tolist() == small.superseded.tolist()
    stored = Model([packed, again, build_catalogue([new])], base.scorer)
    assert named(stored, old) == {old.package}
    mine = np.intersect1d(old.normalised.keys, new.normalised.keys)
    assert len(mine) == 2
    assert np.isin(mine, Model([packed]).known_of(old.package).keys).all()
    assert not np.isin(mine, Model([packed, again]).known_of(old.package).keys).any()
    assert owners(mine, packed, again) == owners(mine, packed) - {old.package}
    other = replace(again, pack="pypi/other")
    assert owners(mine, packed, other) == owners(mine, packed)


def owners(keys: NDArray[np.uint64], *parts: Catalogue) -> set[str]:
    """Return the packages that have some of a layer's paths."""
    return set(Lookup(parts).of_layer(np.sort(keys), np.empty(0, np.uint64)).packages)


def test_a_package_that_would_be_forgotten_is_left_alone(base: Model) -> None:
    old = world.find("packagef", "1.0")
    new = relative("copycat", old, len(old.paths))
    model = Model([*base.parts, build_catalogue([new])], base.scorer)
    assert repair(model, {old.package: [new]}, {old.package: [old]}) == (model, ())


def test_who_fires_is_found(base: Model) -> None:
    """A model that names every candidate names every package that has one of its paths there."""
    old = world.find("packagef", "1.0")
    new = relative("newcomer", old, 9)
    parts = [*base.parts, build_catalogue([new])]
    gullible = Model(parts, decision_rule=DecisionRule("threshold", threshold=0.0))
    assert find_false_positives(gullible, [new], np.random.default_rng(1))[old.package] == [new]


def test_a_repair_that_would_make_the_new_one_fire_on_the_old_is_not_made(base: Model) -> None:
    """The scorer of a world where nothing is shared takes a single path for proof."""
    old = world.find("packagef", "1.0")
    new = relative("newcomer", old, 2)
    model = Model([*base.parts, build_catalogue([new])], world.model().scorer)
    assert repair(model, {old.package: [new]}, {old.package: [old]}) == (model, ())


def test_without_a_stored_fingerprint_the_catalogue_tells_what_would_be_harmed(base: Model) -> None:
    old = world.find("packagef", "1.0")
    new = relative("newcomer", old, 2)
    model = Model([*base.parts, build_catalogue([new])], base.scorer)
    mended, repaired = repair(model, {old.package: [new]}, {})
    assert repaired == (old.package,)
    assert named(mended, old) == {old.package}


def test_a_recalled_package_is_named_version_by_version() -> None:
    model = world.model()
    layers = list(reconstructed_layers(model.catalogue, "pypi/packagef"))
    told = [model.predict(layer).releases for layer in layers]
    assert [(one.name, one.versions) for (one,) in told] == [("packagef", (v,)) for v in world.VERSIONS]
