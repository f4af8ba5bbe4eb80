"""The gate between challenger and champion: bars that each score must reach, and a composite score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from praxi_tasks.errors import UsageError
from praxi_tasks.learning.evaluation.champion_challenger import Evaluation, Scores

WEIGHTS: Final[Mapping[str, float]] = {"old": 0.4, "new": 0.3, "false_positives": 0.15, "calibration": 0.15}
"""What each score counts for in the composite one, unless a training says otherwise."""


class Bars(msgspec.Struct, frozen=True):
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
        Largest expected calibration error.
    score
        Least weighted mean of the scores; see :func:`composite`.
    """

    old_loss: float = 0.001
    new_f1: float = 0.9
    false_positives: float = 0.02
    calibration: float = 0.03
    score: float = 0.9


class Check(msgspec.Struct, frozen=True):
    """One bar: what was measured, the bound, and whether it holds; ``message`` says so in words."""

    name: str
    value: float
    bound: float
    passed: bool
    message: str = msgspec.field(name="told")


class Verdict(msgspec.Struct, frozen=True):
    """Whether all bars hold, and each of them; ``score`` is the composite score in [0, 1].

    ``unmeasured`` says what there was no data for: such a bar holds nobody back, and a person can know.
    """

    passed: bool
    score: float
    checks: tuple[Check, ...]
    unmeasured: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the challenger is held back."""
        return tuple(check.message for check in self.checks if not check.passed)


def judge(evaluation: Evaluation, bars: Bars, weights: Mapping[str, float] | None = None) -> Verdict:
    """Hold an evaluation against the bars.

    Raises
    ------
    UsageError
        If a weight is unknown or negative, or none counts.
    """
    chosen = _weights(weights or WEIGHTS)
    checks = [*_on_old(evaluation, bars), *_on_new(evaluation, bars)]
    wrong = evaluation.false_positives
    checks.append(
        Check(
            "false_positives", wrong, bars.false_positives, wrong <= bars.false_positives,
            f"{wrong:.3f} known packages are named per unknown one (at most {bars.false_positives})",
        )
    )  # fmt: skip
    score = composite(evaluation, chosen)
    checks.append(
        Check(
            "score",
            score,
            bars.score,
            score >= bars.score,
            f"the score is {score:.3f} (at least {bars.score})",
        )
    )
    return Verdict(all(check.passed for check in checks), score, tuple(checks), _unmeasured(evaluation))


def composite(evaluation: Evaluation, weights: Mapping[str, float]) -> float:
    """Return the weighted mean of the scores that were measured."""
    old, new = evaluation.challenger_old, evaluation.challenger_new
    errors = [scores.calibration for scores in (old, new) if scores is not None]
    scores = {
        "old": old.f1 if old else None,
        "new": new.f1 if new else None,
        "false_positives": 1 - min(evaluation.false_positives, 1.0),
        "calibration": 1 - max(errors) if errors else None,
    }
    measured = {name: value for name, value in scores.items() if value is not None}
    total = sum(weights.get(name, 0.0) for name in measured)
    return sum(weights.get(name, 0.0) * value for name, value in measured.items()) / total if total else 0.0


def _unmeasured(evaluation: Evaluation) -> tuple[str, ...]:
    """Return what the evaluation had no stored fingerprints for."""
    messages = []
    if evaluation.challenger_old is None:
        messages.append(
            "F1 on old releases, for the store holds the fingerprint of none that the champion knows; "
            "their experts are the same bytes as before, but for those that this report names as repaired"
        )
    if evaluation.challenger_new is None:
        messages.append("F1 on new releases, for the store holds the fingerprint of none")
    return tuple(messages)


def _on_old(evaluation: Evaluation, bars: Bars) -> list[Check]:
    before, after = evaluation.champion_old, evaluation.challenger_old
    if before is None or after is None:
        return []
    lost = before.f1 - after.f1
    message = f"F1 on old releases goes from {before.f1:.4f} to {after.f1:.4f} (it may lose {bars.old_loss})"
    return [
        Check("old", lost, bars.old_loss, lost <= bars.old_loss, message),
        _calibrated("calibration_old", "old", after, bars.calibration),
    ]


def _on_new(evaluation: Evaluation, bars: Bars) -> list[Check]:
    new = evaluation.challenger_new
    if new is None:
        return []
    return [
        Check(
            "new", new.f1, bars.new_f1, new.f1 >= bars.new_f1,
            f"F1 on new releases is {new.f1:.4f} (at least {bars.new_f1})",
        ),
        _calibrated("calibration", "new", new, bars.calibration),
    ]  # fmt: skip


def _calibrated(name: str, which: str, scores: Scores, bound: float) -> Check:
    error = scores.calibration
    message = f"confidence in {which} releases is off by {error:.3f} (at most {bound:.3g})"
    return Check(name, error, bound, error <= bound, message)


def _weights(weights: Mapping[str, float]) -> Mapping[str, float]:
    if not weights.keys() <= WEIGHTS.keys() or min(weights.values()) < 0 or not any(weights.values()):
        raise UsageError(
            "not weights of the composite score",
            where=str(dict(weights)),
            action=f"weigh {', '.join(WEIGHTS)}",
        )
    return weights
