"""Whether what is asked may be: the worst verdict of its images decides."""

from __future__ import annotations

from typing import Literal

import msgspec

from praxi_tasks.admission.review import Asked
from praxi_tasks.admission.verdicts import Verdicts

Unknown = Literal["allow", "deny"]


class Decision(msgspec.Struct, frozen=True):
    """Whether it may be, why not, what to tell of it besides, and which images nothing is known of."""

    allowed: bool
    message: str = ""
    warnings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def decide(asked: Asked, verdicts: Verdicts, unknown: Unknown) -> Decision:
    """Decide by what is known.

    Parameters
    ----------
    unknown
        What happens to a pod with an image that no audit knows.
    """
    reasons: list[str] = []
    warnings: list[str] = []
    strange: list[str] = []
    for image in asked.images:
        verdict = verdicts.find(image)
        if verdict is None:
            strange.append(image)
            told = reasons if unknown == "deny" else warnings
            told.append(f"{image}: no audit knows it yet")
        elif verdict.reached:
            reasons.append(f"{image}: {'; '.join(verdict.reached)} (audit of {verdict.at[:10]})")
    return Decision(not reasons, "; ".join(reasons), tuple(warnings), tuple(strange))
