"""How many of the candidates are named: four answers to a question that the confidences leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Strategy = Literal["default", "threshold", "density", "top-k"]
STRATEGIES: Final[tuple[Strategy, ...]] = ("default", "threshold", "density", "top-k")


LIKELY: Final = 0.4
"""The best threshold for F1 is half of the F1 that can be had."""


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A strategy and its setting.

    Parameters
    ----------
    strategy
        ``threshold`` names what is more likely than ``threshold``. ``density`` is the published rule: sort
        the confidences into clusters and name what lies above the biggest one. ``top-k`` names the ``count``
        best. ``default`` names what is at least as likely as :data:`LIKELY`.
    threshold
        A calibrated probability.
    count
        For ``top-k``, the number of labels, known from elsewhere.
    width
        For ``density``, how close neighbours within a cluster are.
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


def select_candidates(
    confidence: NDArray[np.float64],
    decision_rule: DecisionRule,
    indistinguishable: Sequence[Sequence[int]] = (),
) -> NDArray[np.intp]:
    """Return which candidates are named, most confident first.

    Parameters
    ----------
    indistinguishable
        Candidates that nothing tells apart, the plainest first. One of them is there if together they are
        likely enough, however little each of them is; then the default names the likeliest, or the plainest.
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

    Clusters are runs of sorted confidences with gaps of at most ``width``; of two equally big ones the lower
    counts. Where nothing clusters (fewer than two candidates), nothing is ruled out.
    """
    ordered = np.sort(confidence)
    if len(ordered) < 2:
        return 0.0
    ends = np.append(np.flatnonzero(np.diff(ordered) > width), len(ordered) - 1)
    sizes = np.diff(np.append(-1, ends))
    return float(ordered[ends[np.argmax(sizes)]])
