"""Tuning the scorer's hyper-parameters: trials that run side by side and share what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.confusable import confusable_groups
from praxi_tasks.learning.evaluation import score
from praxi_tasks.learning.sampling import LayerSampler
from praxi_tasks.learning.scoring import ScorerRecipe, train_scorer
from praxi_tasks.store import Store, documents, keys

if TYPE_CHECKING:
    import optuna

MOST_RELEASES: Final = 300
"""How many stored releases a trial draws its layers from, so that it takes seconds."""

_LAYERS: Final = 200
_TEST_LAYERS: Final = 48
_SEED: Final = 20_260_104


class Trial(msgspec.Struct, frozen=True):
    """A set of hyper-parameters that was tried, and the F1 it reached."""

    chosen: dict[str, int | float]
    f1: float


class Tuning:
    """The trials of one training, each a document of its run: what one found, those that begin later know.

    A store is all that they share, so they may run in pods anywhere; a trial that is started again replaces
    what it wrote before.

    Parameters
    ----------
    store
        Holds the trials.
    run_id
        The training's.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._folder = keys.training_run(run_id, "trials")

    def try_once(self, releases: Sequence[Release], number: int) -> float:
        """Try one set of hyper-parameters and return its F1; ``number`` seeds the choice."""
        asked = self._study(number).ask(_space())
        found = Trial(dict(asked.params), _objective(asked.params, _some(releases)))
        documents.write(self._store, f"{self._folder}/{number}.json", found)
        return found.f1

    def best(self) -> Mapping[str, float]:
        """Return the best hyper-parameters found; none if no trial was completed."""
        done = self._trials()
        return max(done, key=lambda trial: trial.f1).chosen if done else {}

    def history(self) -> tuple[float, ...]:
        """Return the F1 of each completed trial, in the order of their numbers."""
        return tuple(trial.f1 for trial in self._trials())

    def _trials(self) -> list[Trial]:
        found = sorted(self._store.list(self._folder), key=lambda key: (len(key), key))
        return [documents.read(self._store, key, Trial) for key in found]

    def _study(self, number: int) -> optuna.Study:
        """Return a study that knows all trials that are done."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=number))
        for trial in self._trials():
            study.add_trial(
                optuna.trial.create_trial(params=trial.chosen, distributions=_space(), value=trial.f1)
            )
        return study


def tuned_scorer(
    releases: Sequence[Release], chosen: Mapping[str, float], layers: int | None = None
) -> Scorer:
    """Train a scorer with some hyper-parameters on layers of stored releases."""
    rng = np.random.default_rng(_SEED)
    catalogue = build_catalogue(releases)
    sampler = LayerSampler(releases, rng, groups=confusable_groups(catalogue))
    options: dict[str, Any] = {} if layers is None else {"layers": layers}
    return train_scorer(sampler, catalogue, recipe=ScorerRecipe(**chosen), **options)  # type: ignore[arg-type]


def _space() -> dict[str, optuna.distributions.BaseDistribution]:
    """Return what may be chosen."""
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        "eta": FloatDistribution(0.05, 0.5, log=True),
        "max_depth": IntDistribution(2, 6),
        "min_child_weight": FloatDistribution(0.1, 4.0, log=True),
        "reg_lambda": FloatDistribution(0.1, 10.0, log=True),
        "trees": IntDistribution(20, 120),
    }


def _objective(chosen: Mapping[str, float], releases: Sequence[Release]) -> float:
    """Return the F1 that a scorer of these hyper-parameters reaches; nothing if there is no release."""
    if not releases:
        return 0.0
    model = Model([build_catalogue(releases)], tuned_scorer(releases, chosen, _LAYERS))
    sampler = LayerSampler(releases, np.random.default_rng(_SEED + 1))
    return score(model, [sampler.draw() for _ in range(_TEST_LAYERS)]).f1


def _some(releases: Sequence[Release]) -> list[Release]:
    order = np.random.default_rng(_SEED).permutation(len(releases))[:MOST_RELEASES]
    return [releases[place] for place in np.sort(order).tolist()]
