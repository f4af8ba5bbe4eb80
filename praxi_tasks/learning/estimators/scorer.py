"""Trains the scorer on synthetic layers, and calibrates it on further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import FEATURES, Catalogue, Lookup, Scorer, fit_calibration, search_candidates
from praxi_tasks.learning.estimators.xgboost_c import train_booster
from praxi_tasks.learning.synthesis import LabelledLayer, LayerSampler

SCORER_LAYERS: Final = 800
"""How many layers the scorer is trained on by default; half as many more calibrate it."""

SCORER_ARCHIVE_LAYERS: Final = 3_000
"""How many for a whole archive, where unknown packages resemble known ones in more ways."""

ALONE: Final = 3
"""The weight of a layer without known packages: its candidates are few, and all of them are wrong."""

# What holds whatever the layer. More constraints than these cost accuracy: how a share counts depends on how
# many files it is a share of.
_RISING: Final = {"coverage", "retained", "extras_coverage", "agreeing", "has_copyright_file"}
_FALLING: Final = {"unclaimed_share", "unclaimed_documents_share"}
_PARAMETERS: Final[Mapping[str, object]] = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "nthread": 2,
    "monotone_constraints": tuple((f in _RISING) - (f in _FALLING) for f in FEATURES),
}


@dataclass(frozen=True, slots=True)
class ScorerHyperparameters:
    """The hyper-parameters of the scorer's booster, by XGBoost's names; ``trees`` is the number of rounds."""

    eta: float = 0.1
    max_depth: int = 5
    min_child_weight: float = 1.0
    reg_lambda: float = 3.0
    trees: int = 100

    @property
    def parameters(self) -> Mapping[str, float]:
        """XGBoost's parameters, without the number of rounds."""
        return {
            "eta": self.eta,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "lambda": self.reg_lambda,
        }


SCORER_DEFAULTS: Final = ScorerHyperparameters()


class Examples(NamedTuple):
    """Training examples of the scorer.

    ``features`` of candidates, shape ``(n, len(FEATURES))``, and whether each is ``present``, shape ``(n,)``.
    """

    features: NDArray[np.float32]
    present: NDArray[np.bool_]


def examples(layers: Sequence[LabelledLayer], parts: Sequence[Catalogue]) -> Examples:
    """Return the features of all candidates that parts have in layers whose truth is known."""
    tables, truths = [np.empty((0, len(FEATURES)), np.float32)], [np.empty(0, np.bool_)]
    lookup = Lookup(parts)
    for layer in layers:
        _, found = search_candidates(layer.tagset, lookup)
        known = np.array(
            [found.catalogue.packages[p] in layer.truth for p in found.packages.tolist()], np.bool_
        )
        times = 1 if known.any() else ALONE
        tables += [found.features] * times
        truths += [known] * times
    return Examples(np.concatenate(tables), np.concatenate(truths))


def train_scorer(
    sampler: LayerSampler,
    parts: Sequence[Catalogue],
    layers: int = SCORER_LAYERS,
    hyperparameters: ScorerHyperparameters = SCORER_DEFAULTS,
) -> Scorer:
    """Train a scorer for parts of a model on synthetic ``layers``, and calibrate it on half as many more."""
    known = examples([sampler.draw() for _ in range(layers)], parts)
    booster = train_booster(
        known.features, known.present, {**_PARAMETERS, **hyperparameters.parameters}, hyperparameters.trees
    )
    fresh = examples([sampler.draw() for _ in range(layers // 2)], parts)
    nothing = np.empty(0, np.float64)
    raw = Scorer(booster, nothing, nothing).confidence(fresh.features)
    return Scorer(booster, *fit_calibration(raw, fresh.present))
