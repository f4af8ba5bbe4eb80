"""The gate between challenger and champion: bars that each score must reach, and a composite score.

Confidence that exceeds accuracy is held to a bar; confidence that falls short of it is reported, since it
hides nothing. Where the champion exceeds the bar itself, a challenger that is no worse passes, but never
beyond what the first champion was measured at: that figure is written once, so that a line of champions can't
drift away from it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from praxi_tasks.learning.evaluation.bars import Bars, check_weights
from praxi_tasks.learning.evaluation.champion_challenger import Evaluation, Scores


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
    chosen = check_weights(weights or {})
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
    errors = [scores.overconfidence for scores in (old, new) if scores is not None]
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
        _calibrated("calibration_old", "old", after, evaluation, bars),
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
        _calibrated("calibration", "new", new, evaluation, bars),
    ]  # fmt: skip


def confidence_bound(evaluation: Evaluation, bars: Bars) -> float:
    """Return by how much confidence may exceed accuracy: never by more than bar and first champion allow."""
    before, first = evaluation.champion_old, evaluation.first_overconfidence
    if before is None or first is None:
        return bars.calibration
    return max(bars.calibration, min(before.overconfidence, first))


def _calibrated(name: str, which: str, scores: Scores, evaluation: Evaluation, bars: Bars) -> Check:
    error, bound = scores.overconfidence, confidence_bound(evaluation, bars)
    why = ", as the champion's" if bound > bars.calibration else ""
    message = (
        f"confidence in {which} releases is too high by {error:.3f} (at most {bound:.3g}{why}), "
        f"and too low by {scores.underconfidence:.3f}, which holds nobody back"
    )
    return Check(name, error, bound, error <= bound, message)
