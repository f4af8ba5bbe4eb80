"""The scorer: it reads boosters that were trained before features were added, and none from the future."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from praxi_tasks.discovery.features import FEATURES
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.estimators import train_booster

NOTHING = np.empty(0, np.float64)


def table(width: int) -> NDArray[np.float32]:
    return np.random.default_rng(6).random((200, width)).astype(np.float32)


def booster(width: int) -> bytes:
    features = table(width)
    return train_booster(features, features[:, 0] > 0.5, {"objective": "binary:logistic"}, 5)


def test_a_booster_of_fewer_features_decides_by_the_first() -> None:
    scorer = Scorer(booster(len(FEATURES) - 5), NOTHING, NOTHING)
    features = table(len(FEATURES))
    old = scorer.confidence(features[:, :-5])
    assert np.array_equal(scorer.confidence(features), old)
    assert ((old > 0.5) == (features[:, 0] > 0.5)).mean() > 0.95


def test_a_booster_of_more_features_is_refused() -> None:
    with pytest.raises(CorruptObjectError):
        Scorer(booster(len(FEATURES) + 1), NOTHING, NOTHING)
