"""The documents by which the steps of a training hand over their results."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.evaluation import Check, Verdict
from praxi_tasks.learning.model_registry import ResolvedModel
from praxi_tasks.store import Store, documents

T = TypeVar("T")

PLAN: Final = "plan.json"
PACK_PLAN: Final = "pack-plan.json"
TRAINED: Final = "trained.json"
EVALUATION: Final = "evaluation.json"
GATE: Final = "gate.json"

_STEPS: Final = {
    PLAN: "releases",
    PACK_PLAN: "select",
    TRAINED: "train",
    EVALUATION: "evaluate",
    GATE: "gate",
}
"""A document of a run → the step that writes it."""


def step_document(store: Store, key: str, kind: type[T]) -> T:
    """Read what an earlier step of a run wrote.

    Raises
    ------
    KeyNotFoundError
        If that step was not done; the message names it.
    CorruptObjectError
        If the document is damaged.
    """
    try:
        return documents.read(store, key, kind)
    except KeyNotFoundError as error:
        step = _STEPS[key.rpartition("/")[2]]
        raise KeyNotFoundError(
            f"the step {step} of this run was not done",
            where=error.where,
            action=f"check run and store, or do it first: praxi learn --run … {step}",
        ) from error


class Trained(msgspec.Struct, frozen=True):
    """The model that a training made.

    ``model`` is its identity, ``uri`` its place in the store, ``version`` its number in the registry.
    ``learned`` are the new releases as ecosystem, name and version; ``indistinguishable`` those left out
    because another package installs the same files (release → that package). ``repaired`` are old experts
    that were trained again because they fired on new releases, ``false_positives`` those that still do.
    ``size`` is in bytes, ``seconds`` the processor time of learning. ``recalibrated`` says what became of a
    calibration that was found to be off; it is empty where none was.
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
    recalibrated: str = ""

    @property
    def changed(self) -> bool:
        """Whether it is another model than the one it builds on."""
        return self.model != self.base_model


class Judged(msgspec.Struct, frozen=True):
    """The gate's verdict on a challenger, as stored.

    ``messages`` describe the bars that were reached, ``reasons`` those that were not, or why there was
    nothing to judge; ``unmeasured`` those that no data could be measured for. ``repeats`` is an earlier
    training that made the same challenger under the same bars, and whose gate or approver refused it.
    """

    passed: bool
    score: float
    messages: tuple[str, ...] = msgspec.field(name="told")
    reasons: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    unmeasured: tuple[str, ...] = ()
    repeats: str = ""

    @classmethod
    def of(cls, verdict: Verdict) -> Judged:
        """Return the document of a verdict."""
        messages = tuple(check.message for check in verdict.checks if check.passed)
        return cls(
            verdict.passed, verdict.score, messages, verdict.reasons, verdict.checks, verdict.unmeasured
        )

    @classmethod
    def unchanged(cls, why: str) -> Judged:
        """Return the verdict on a training that learned nothing."""
        return cls(False, 0.0, (), (f"nothing was learned, the model is unchanged: {why}",))


class Approval(msgspec.Struct, frozen=True):
    """A person's decision to promote a challenger: who, and the note that was left."""

    by: str
    note: str = ""


class Promotion(msgspec.Struct, frozen=True):
    """Which version is champion now, which was before, and the reason if the challenger was not promoted.

    ``approval`` is a person's, if one was asked; ``overruled`` are the gate's reasons that it set aside.
    """

    promoted: bool
    champion: str
    before: str
    reason: str = ""
    approval: Approval | None = None
    overruled: tuple[str, ...] = ()


class TrainingSummary(msgspec.Struct, frozen=True):
    """The summary of a finished training; ``report`` is a store key.

    ``rebuilt`` is true of a full retraining; ``size`` is the model's in bytes, ``seconds`` the processor time
    that learning took, ``at`` when it ended (ISO 8601). ``repeats`` is an earlier training whose same
    challenger was refused.
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
    repeats: str = ""
