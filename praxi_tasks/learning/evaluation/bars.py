"""The bars that a challenger must reach, and the weights of its composite score: what a training may set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from praxi_tasks.errors import UsageError

_NotNegative = Annotated[float, msgspec.Meta(ge=0)]

WEIGHTS: Final[Mapping[str, float]] = {"old": 0.4, "new": 0.3, "false_positives": 0.15, "calibration": 0.15}
"""What each score counts for in the composite one, unless a training says otherwise."""


class Bars(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a challenger must reach.

    Attributes
    ----------
    old_loss
        By how much F1 on releases known before may drop.
    new_f1
        Least package F1 on the new releases.
    false_positives
        Most known packages named per unknown package in a layer.
    calibration
        By how much confidence may exceed accuracy; see
        :func:`~praxi_tasks.discovery.calibration.overconfidence`.
    score
        Least weighted mean of the scores; see :func:`~praxi_tasks.learning.evaluation.gate.composite`.
    """

    old_loss: _NotNegative = 0.001
    new_f1: _NotNegative = 0.9
    false_positives: _NotNegative = 0.02
    calibration: _NotNegative = 0.03
    score: _NotNegative = 0.9


def check_weights(weights: Mapping[str, float]) -> Mapping[str, float]:
    """Return weights of the composite score, the default ones if none are given.

    Raises
    ------
    UsageError
        If a weight is unknown or negative, or none counts.
    """
    chosen = weights or WEIGHTS
    if not chosen.keys() <= WEIGHTS.keys() or min(chosen.values()) < 0 or not any(chosen.values()):
        raise UsageError(
            "not weights of the composite score",
            where=str(dict(chosen)),
            action=f"weigh {', '.join(WEIGHTS)}",
        )
    return chosen
