"""What the steps of a training write down for the steps after them."""

from __future__ import annotations

import msgspec

from praxi_tasks.learning.champion import ResolvedModel
from praxi_tasks.learning.gate import Verdict


class Trained(msgspec.Struct, frozen=True):
    """The model that a training made.

    ``model`` is its identity, ``uri`` where it lies, ``version`` the registry's; ``learned`` are the releases
    it knows since, as ecosystem, name and version. ``seconds`` is the processor time that learning took.
    """

    model: str
    uri: str
    version: str
    base: ResolvedModel
    base_model: str
    learned: tuple[tuple[str, str, str], ...]
    twins: dict[str, str]
    repaired: tuple[str, ...]
    parts: int
    size: int
    seconds: float

    @property
    def changed(self) -> bool:
        """Whether it is another model than the one it builds on."""
        return self.model != self.base_model


class Judged(msgspec.Struct, frozen=True):
    """The gate's word on a challenger; ``reason`` says why there was nothing to judge."""

    verdict: Verdict | None
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether the challenger may be promoted."""
        return self.verdict is not None and self.verdict.passed


class Promotion(msgspec.Struct, frozen=True):
    """Which version is the champion now, which one was before, and why it stayed if it did."""

    promoted: bool
    champion: str
    before: str
    reason: str = ""


class TrainingSummary(msgspec.Struct, frozen=True):
    """What the Dag says about a finished training; ``report`` is a store key."""

    wanted: int
    learned: int
    failed: int
    promoted: bool
    champion: str
    report: str
    reasons: tuple[str, ...] = ()
