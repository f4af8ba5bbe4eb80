"""Adding releases to a model: a part of their own, experts where they earn it, and repairs by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.release import Release
from praxi_tasks.learning.catalogue.builder import build_catalogue
from praxi_tasks.learning.catalogue.folder_claims import restrict_folder_claims
from praxi_tasks.learning.estimators.assignment import Assignment
from praxi_tasks.learning.estimators.experts import ExpertHyperparameters
from praxi_tasks.learning.estimators.release_experts import RELEASE_EXPERT_DEFAULTS, train_release_experts
from praxi_tasks.learning.training.repair import find_false_positives, repair


class Added(NamedTuple):
    """A model that learned releases.

    ``repaired`` names the old packages and experts' labels that were wrong about the new releases and were
    changed, ``false_positives`` those that still are. Nothing else of what was known is touched.
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
) -> Added:
    """Teach a model releases that it does not know, on top of what it knows.

    Parameters
    ----------
    stored
        Returns the releases of a package that the model knows, as far as they can be had.
    hyperparameters
        How experts are trained.
    """
    part = restrict_folder_claims(build_catalogue(new), new, base.parts)
    model = base.replaced(catalogues=[*base.parts, part])
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
    """Assign releases that a model's catalogue knows to experts, and repair those that fire on them.

    By default no release has one: the shared scorer and the versions' tables of contents decide as well or
    better (``benchmarks/results/discovery_experts.md``).
    """
    if assignment.routing == "default" and not model.released.experts:
        return Added(model)
    packages: frozenset[str] | None = frozenset() if assignment.routing == "default" else None
    growth = train_release_experts(
        model.released,
        releases,
        model.catalogue,
        rng,
        assignment=assignment,
        packages=packages,
        hyperparameters=hyperparameters,
    )
    if growth.ensemble is model.released:
        return Added(model)
    return Added(model.replaced(released=growth.ensemble), growth.repaired, growth.false_positives)
