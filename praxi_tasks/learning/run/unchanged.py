"""Why a training left the model as it is."""

from __future__ import annotations

from typing import Final

from praxi_tasks.learning.run.inputs import TrainingInputs

_NAMED: Final = 3


def why_unchanged(inputs: TrainingInputs) -> str:
    """Return why a training learned nothing, from its documents."""
    plan, trained = inputs.plan(), inputs.trained()
    if not plan.packages:
        if plan.known:
            return f"it knows {_listed(plan.known)} already"
        return "nothing was asked for that it does not know"
    collected = inputs.collected()
    failed = [each for each in collected if each.state != "stored"]
    if len(failed) == len(collected):
        reason = next((each.reason for each in failed if each.reason), "no source has it")
        return f"no release of {_listed([each.package.label for each in failed])} could be had: {reason}"
    if twins := trained.indistinguishable:
        pairs = [f"{release} installs the same files as {other}" for release, other in sorted(twins.items())]
        return _listed(pairs)
    return "what was collected teaches it nothing new"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
