"""A training task: the model, the releases to learn, and how; for the challenger as for tuning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from praxi_tasks.discovery import Model
from praxi_tasks.learning.data import ReleaseIndex, StoredRelease
from praxi_tasks.learning.estimators import DEFAULTS, Assignment, Hyperparameters, Space
from praxi_tasks.learning.evaluation import Scores, draw_layers, score_layers
from praxi_tasks.learning.training.held_out import make_scorer
from praxi_tasks.learning.training.incremental import Increment, learn_releases, rebuild

_SEED: Final = 20_260_104
_TRIAL_LAYERS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class TrainingTask:
    """What a training learns.

    Parameters
    ----------
    base
        The model that is extended.
    new
        The releases to learn.
    known
        Returns stored releases that it knows, to train a scorer on and to draw layers from.
    known_releases
        All stored releases, indexed.
    assignment
        How labels are assigned to experts.
    rebuilt
        Whether the model is built from scratch of ``new``.
    """

    base: Model
    new: Sequence[StoredRelease]
    known: Callable[[], Sequence[StoredRelease]]
    known_releases: ReleaseIndex
    assignment: Assignment
    rebuilt: bool = False

    @property
    def space(self) -> Space:
        """The search space of tuning."""
        return tuning_space(self.assignment, rebuilt=self.rebuilt)

    def learn(self, hyperparameters: Hyperparameters = DEFAULTS, layers: int | None = None) -> Increment:
        """Train the model; unless rebuilt or tuned otherwise, it keeps its scorer.

        Parameters
        ----------
        layers
            How many to train a scorer on; by default as many as its catalogue asks for.
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
        """Return the F1 that hyper-parameters reach on fresh layers of new and known releases.

        F1 of releases where experts distinguish versions, else of packages.
        """
        found = self.measured(hyperparameters)
        return found.exact if self.space.experts else found.f1

    def reached_by(self, assignment: Assignment) -> float:
        """Return the F1 of releases, versions included, that the task reaches with another assignment."""
        return replace(self, assignment=assignment).measured(DEFAULTS).exact

    def measured(self, hyperparameters: Hyperparameters) -> Scores:
        """Return the scores of the model that hyper-parameters make, on fresh layers."""
        made = self.learn(hyperparameters, _TRIAL_LAYERS)
        old, new = ([each.release() for each in some] for some in (self.known(), made.learned))
        rng = np.random.default_rng(_SEED + 1)
        return score_layers(made.model, [*draw_layers(new, old, rng), *draw_layers(old, (), rng)])


def tuning_space(assignment: Assignment, *, rebuilt: bool) -> Space:
    """Return the search space of tuning: the hyper-parameters of what the training trains.

    Those of experts if the strategy assigns any; those of the scorer if it decides, or is trained anew.
    """
    experts = assignment.routing != "default"
    return Space(scorer=rebuilt or not experts, experts=experts)
