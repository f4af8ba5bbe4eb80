"""Tuning the scorer's hyper-parameters: trials that run side by side and share what they found."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.confusable import confusable_groups
from praxi_tasks.learning.evaluation import score
from praxi_tasks.learning.registry import make_folder, tracking_uri
from praxi_tasks.learning.sampling import LayerSampler
from praxi_tasks.learning.scoring import train_scorer

if TYPE_CHECKING:
    import optuna

VARIABLE: Final = "PRAXI_TUNING_URI"
MOST_RELEASES: Final = 300
"""How many stored releases a trial draws its layers from, so that it takes seconds."""

_LAYERS: Final = 200
_TEST_LAYERS: Final = 48
_SEED: Final = 20_260_104


class Tuning:
    """The trials of one training.

    Parameters
    ----------
    storage
        SQLAlchemy's URL of the database that all trials write to.
    run_id
        The training's; names the study.
    """

    def __init__(self, storage: str, run_id: str) -> None:
        make_folder(storage)
        self._storage = storage
        self._name = run_id

    def try_once(self, releases: Sequence[Release], number: int) -> float:
        """Try one set of hyper-parameters and return its F1; ``number`` seeds the choice."""
        import optuna

        study = self._study(optuna.samplers.TPESampler(seed=number, constant_liar=True))
        known = _some(releases)
        study.optimize(lambda trial: _objective(trial, known), n_trials=1)
        return float(study.trials[-1].value or 0.0)

    def best(self) -> Mapping[str, float]:
        """Return the best hyper-parameters found; none if no trial was completed."""
        done = [trial for trial in self._study().trials if trial.value is not None]
        return dict(max(done, key=lambda trial: trial.value or 0.0).params) if done else {}

    def history(self) -> tuple[float, ...]:
        """Return the F1 of each completed trial, in order."""
        return tuple(trial.value for trial in self._study().trials if trial.value is not None)

    def _study(self, sampler: optuna.samplers.BaseSampler | None = None) -> optuna.Study:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        return optuna.create_study(
            storage=self._storage,
            study_name=self._name,
            direction="maximize",
            load_if_exists=True,
            sampler=sampler,
        )


def tuned_scorer(
    releases: Sequence[Release], chosen: Mapping[str, float], layers: int | None = None
) -> Scorer:
    """Train a scorer with some hyper-parameters on layers of stored releases."""
    rng = np.random.default_rng(_SEED)
    catalogue = build_catalogue(releases)
    sampler = LayerSampler(releases, rng, groups=confusable_groups(catalogue))
    options: dict[str, Any] = {} if layers is None else {"layers": layers}
    tuned = {name: value for name, value in chosen.items() if name != "trees"}
    if "trees" in chosen:
        options["trees"] = int(chosen["trees"])
    return train_scorer(sampler, catalogue, tuned=tuned, **options)


def tuning_storage(store_uri: str) -> str:
    """Return where trials are kept: ``PRAXI_TUNING_URI``, or a file beside the registry's.

    Raises
    ------
    UsageError
        If the registry is a server, which takes no trials, and no database is named.
    """
    given = os.environ.get(VARIABLE, "")
    registry = tracking_uri(store_uri, needed=False)
    if not given and not registry.startswith("sqlite:"):
        raise UsageError("no database for trials is named", where=VARIABLE, action="give an SQLAlchemy URL")
    return given or f"{registry.rpartition('/')[0]}/tuning.db"


def _objective(trial: optuna.Trial, releases: Sequence[Release]) -> float:
    chosen = {
        "eta": trial.suggest_float("eta", 0.05, 0.5, log=True),
        "max_depth": trial.suggest_int("max_depth", 2, 6),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.1, 4.0, log=True),
        "lambda": trial.suggest_float("lambda", 0.1, 10.0, log=True),
        "trees": trial.suggest_int("trees", 20, 120),
    }
    model = Model([build_catalogue(releases)], tuned_scorer(releases, chosen, _LAYERS))
    sampler = LayerSampler(releases, np.random.default_rng(_SEED + 1))
    return score(model, [sampler.draw() for _ in range(_TEST_LAYERS)]).f1


def _some(releases: Sequence[Release]) -> list[Release]:
    order = np.random.default_rng(_SEED).permutation(len(releases))[:MOST_RELEASES]
    return [releases[place] for place in np.sort(order).tolist()]
