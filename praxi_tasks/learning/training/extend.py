"""Extends a model with releases: a catalogue part of their own, experts where assigned, and repairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from praxi_tasks.discovery import SITE, Model, Release
from praxi_tasks.learning.catalogue import build_catalogue, index_contents, restrict_folder_claims
from praxi_tasks.learning.estimators import (
    RELEASE_EXPERT_DEFAULTS,
    Assignment,
    ExpertHyperparameters,
    train_release_experts,
)
from praxi_tasks.learning.training.repair import find_false_positives, repair


class Added(NamedTuple):
    """A model extended with releases.

    Parameters
    ----------
    repaired
        Old packages and experts' labels that were wrong about the new releases and were changed.
    false_positives
        Those that still are wrong. Everything else that was known is the same bytes.
    """

    model: Model
    repaired: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()


def add_releases(
    base: Model,
    new: Sequence[Release],
    rng: np.random.Generator,
    *,
    assignment: Assignment,
    stored: Callable[[str], Sequence[Release]] = lambda _: (),
    hyperparameters: ExpertHyperparameters = RELEASE_EXPERT_DEFAULTS,
    pack: str = SITE,
) -> Added:
    """Extend a model with releases that it does not know.

    Parameters
    ----------
    stored
        Returns the stored releases of a package that the model knows.
    hyperparameters
        How experts are trained.
    pack
        The pack that takes them.
    """
    part = replace(restrict_folder_claims(build_catalogue(new), new, base.parts), pack=pack)
    index = replace(index_contents(new), pack=pack)
    model = base.replaced(catalogues=[*base.parts, part], contents=[*base.contents, index])
    found = find_false_positives(model, new, rng)
    model, repaired = repair(model, found, {name: stored(name) for name in found})
    added = give_experts(model, new, rng, assignment, hyperparameters)
    return Added(
        added.model,
        tuple(sorted({*repaired, *added.repaired})),
        tuple(sorted({*found.keys(), *added.false_positives} - set(repaired))),
    )


def give_experts(
    model: Model,
    releases: Sequence[Release],
    rng: np.random.Generator,
    assignment: Assignment,
    hyperparameters: ExpertHyperparameters = RELEASE_EXPERT_DEFAULTS,
) -> Added:
    """Assign releases of a model's catalogue to experts, and repair experts with false positives on them.

    By default no release has one: the shared scorer and the versions' tables of contents decide as well or
    better (``benchmarks/results/discovery_experts.md``).
    """
    if assignment.routing == "default" and not model.released.experts:
        return Added(model)
    packages: frozenset[str] | None = frozenset() if assignment.routing == "default" else None
    growth = train_release_experts(
        model.released,
        releases,
        model.lookup,
        rng,
        assignment=assignment,
        packages=packages,
        hyperparameters=hyperparameters,
    )
    if growth.ensemble is model.released:
        return Added(model)
    return Added(model.replaced(released=growth.ensemble), growth.repaired, growth.false_positives)
