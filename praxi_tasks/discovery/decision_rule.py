"""Decision rules: which candidates are named, given the confidence in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Strategy = Literal["default", "threshold", "density", "top-k"]
STRATEGIES: Final[tuple[Strategy, ...]] = ("default", "threshold", "density", "top-k")


LIKELY: Final = 0.4
"""The threshold that maximises F1 is half of the best F1 that can be reached.

Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", ECML PKDD 2014.
"""


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A strategy and its setting.

    Parameters
    ----------
    strategy
        ``default`` names candidates of at least :data:`LIKELY`. ``threshold`` names those of at least
        ``threshold``. ``top-k`` names the ``count`` best. ``density`` is the rule published with Praxi: sort
        the confidences, group them into clusters and name what lies above the biggest one.
    threshold
        A calibrated probability in [0, 1].
    count
        For ``top-k``: the number of labels, known from elsewhere.
    width
        For ``density``: the largest gap between neighbours of one cluster.
    """

    strategy: Strategy = "default"
    threshold: float = 0.5
    count: int = 1
    width: float = 0.05

    @property
    def key(self) -> str:
        """The rule as part of a store key; nothing for the default."""
        match self.strategy:
            case "threshold":
                return f"threshold-{self.threshold:g}"
            case "top-k":
                return f"top-k-{self.count}"
            case "density":
                return f"density-{self.width:g}"
        return ""

    def admits(self, confidence: float, tied: int = 1) -> bool:
        """Return whether something is named that does not compete with others.

        Parameters
        ----------
        tied
            How many share its evidence and its confidence: as in :func:`select_candidates`, the default rule
            names one if it is likely to be any of them.
        """
        if self.strategy == "threshold":
            return confidence >= self.threshold
        return confidence * tied >= LIKELY


def select_candidates(
    confidence: NDArray[np.float64],
    decision_rule: DecisionRule,
    indistinguishable: Sequence[Sequence[int]] = (),
) -> NDArray[np.intp]:
    """Return the indices of the candidates that are named, the most confident first.

    Parameters
    ----------
    confidence
        Calibrated probabilities, shape ``(n,)``.
    indistinguishable
        Groups of indices of candidates whose files can't be told apart, the shortest name first. If the
        members' confidences add up to :data:`LIKELY`, the default rule names the likeliest of them, on a tie
        the first.
    """
    order = np.argsort(-confidence, kind="stable")
    if decision_rule.strategy == "top-k":
        return order[: decision_rule.count]
    if decision_rule.strategy == "density":
        return order[confidence[order] > densest(confidence, decision_rule.width)]
    if decision_rule.strategy == "threshold":
        return order[confidence[order] >= decision_rule.threshold]
    likely = confidence >= LIKELY
    for group in indistinguishable:
        members = list(group)
        if confidence[members].sum() >= LIKELY:
            likely[members] = False
            likely[members[int(np.argmax(np.round(confidence[members], 2)))]] = True
    return order[likely[order]]


def densest(confidence: NDArray[np.float64], width: float) -> float:
    """Return the highest confidence of the biggest cluster.

    Clusters are runs of sorted confidences with gaps of at most ``width``; of two of equal size the lower one
    counts. With fewer than two candidates nothing is ruled out.

    Parameters
    ----------
    confidence
        Shape ``(n,)``.
    """
    ordered = np.sort(confidence)
    if len(ordered) < 2:
        return 0.0
    ends = np.append(np.flatnonzero(np.diff(ordered) > width), len(ordered) - 1)
    sizes = np.diff(np.append(-1, ends))
    return float(ordered[ends[np.argmax(sizes)]])
