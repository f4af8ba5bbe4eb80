"""What a training teaches its model: the same for the challenger, and for each trial before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from praxi_tasks.discovery.model import Model
from praxi_tasks.learning.data import ReleaseIndex, StoredRelease
from praxi_tasks.learning.estimators.assignment import Assignment
from praxi_tasks.learning.estimators.hyperparameters import DEFAULTS, Hyperparameters, Space
from praxi_tasks.learning.evaluation.champion_challenger import draw, score_layers
from praxi_tasks.learning.training.from_files import make_scorer
from praxi_tasks.learning.training.incremental import Increment, learn_releases, rebuild

_SEED: Final = 20_260_104
_TRIAL_LAYERS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class TrainingTask:
    """What there is to learn.

    Parameters
    ----------
    base
        The model that learns.
    new
        What it is taught.
    known
        Returns stored releases that it knows, to train a scorer on and to draw layers from.
    known_releases
        All stored releases.
    rebuilt
        Whether nothing but ``new`` is to be learned, anew.
    """

    base: Model
    new: Sequence[StoredRelease]
    known: Callable[[], Sequence[StoredRelease]]
    known_releases: ReleaseIndex
    assignment: Assignment
    rebuilt: bool = False

    @property
    def space(self) -> Space:
        """What may be tuned."""
        return space_of(self.assignment, rebuilt=self.rebuilt)

    def learn(self, hyperparameters: Hyperparameters = DEFAULTS, layers: int | None = None) -> Increment:
        """Teach the model; one that is not rebuilt keeps its scorer, unless a better recipe was found for it.

        Parameters
        ----------
        layers
            How many to train a scorer on; as many as its catalogue asks for, unless it is given.
        """
        if self.rebuilt:
            return rebuild(self.new, self.assignment, self.base, hyperparameters, layers)
        made = learn_releases(self.base, self.new, self.known_releases, self.assignment, hyperparameters)
        stored = [*self.known(), *made.learned] if hyperparameters.scorer != DEFAULTS.scorer else []
        if not stored:
            return made
        rng = np.random.default_rng(_SEED)
        scorer = make_scorer(
            (), None, [each.release() for each in stored], rng, hyperparameters.scorer, layers
        )
        return replace(made, model=made.model.replaced(scorer=scorer))

    def reached(self, hyperparameters: Hyperparameters) -> float:
        """Return the F1 that some recipes reach on fresh layers of what is learned and what was known.

        That of releases, where experts tell their versions; else that of packages.
        """
        made = self.learn(hyperparameters, _TRIAL_LAYERS)
        old, new = ([each.release() for each in some] for some in (self.known(), made.learned))
        rng = np.random.default_rng(_SEED + 1)
        found = score_layers(made.model, [*draw(new, old, rng), *draw(old, (), rng)])
        return found.exact if self.space.experts else found.f1


def space_of(assignment: Assignment, *, rebuilt: bool) -> Space:
    """Return what the trials of a training may choose: the hyper-parameters of what it trains.

    Those of experts, where the routing asks for any; those of the scorer, where it decides or is made anew.
    """
    experts = assignment.routing != "default"
    return Space(scorer=rebuilt or not experts, experts=experts)
