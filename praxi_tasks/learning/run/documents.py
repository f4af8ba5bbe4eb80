"""What the steps of a training write down for the steps after them."""

from __future__ import annotations

import msgspec

from praxi_tasks.learning.evaluation.gate import Check, Verdict
from praxi_tasks.learning.model_registry import ResolvedModel


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
    indistinguishable: dict[str, str] = msgspec.field(name="twins")
    repaired: tuple[str, ...]
    false_positives: tuple[str, ...] = msgspec.field(name="firing")
    parts: int
    size: int
    seconds: float

    @property
    def changed(self) -> bool:
        """Whether it is another model than the one it builds on."""
        return self.model != self.base_model


class Judged(msgspec.Struct, frozen=True):
    """The gate's word on a challenger.

    ``messages`` say in words what holds and ``reasons`` what does not, or why there was nothing to judge;
    ``unmeasured`` what could not be held against its bar.
    """

    passed: bool
    score: float
    messages: tuple[str, ...] = msgspec.field(name="told")
    reasons: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    unmeasured: tuple[str, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict) -> Judged:
        """Return a verdict as the Dag and the people who approve read it."""
        messages = tuple(check.message for check in verdict.checks if check.passed)
        return cls(
            verdict.passed, verdict.score, messages, verdict.reasons, verdict.checks, verdict.unmeasured
        )

    @classmethod
    def unchanged(cls) -> Judged:
        """Return the word on a training that changed nothing."""
        return cls(False, 0.0, (), ("nothing was learned: the model is the one of before",))


class Promotion(msgspec.Struct, frozen=True):
    """Which version is the champion now, which one was before, and why it stayed if it did."""

    promoted: bool
    champion: str
    before: str
    reason: str = ""


class TrainingSummary(msgspec.Struct, frozen=True):
    """What the Dag says about a finished training; ``report`` is a store key.

    ``rebuilt`` is true of a full retraining; ``size`` is the model's in bytes, ``seconds`` the processor time
    that learning took, ``at`` when it ended (ISO 8601).
    """

    at: str
    wanted: int
    learned: int
    failed: int
    promoted: bool
    champion: str
    report: str
    reasons: tuple[str, ...] = ()
    rebuilt: bool = False
    size: int = 0
    seconds: float = 0.0
    f1_old: float | None = None
    f1_new: float | None = None
