"""Remembers a training that was refused, and recognises one that would be refused in the same way."""

from __future__ import annotations

import msgspec

from praxi_tasks.discovery import Model
from praxi_tasks.learning.evaluation import (
    Conditions,
    Refusal,
    challenger_attempt,
    find_refusal,
    record_refusal,
    request_attempt,
)
from praxi_tasks.learning.run.documents import Judged, Promotion, Trained
from praxi_tasks.learning.run.inputs import TrainingInputs
from praxi_tasks.store import Store


class Refusals:
    """The refusals that concern the training ``run_id``."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id
        self._inputs = TrainingInputs(store, run_id)

    def recognise(self, judged: Judged) -> Judged:
        """Return a verdict that names the earlier training whose same challenger was refused, if any was."""
        found = find_refusal(self._store, self._challenger(self._inputs.trained()))
        repeats = found.run if found is not None and found.run != self._run else ""
        return msgspec.structs.replace(judged, repeats=repeats)

    def remember(self, judged: Judged, promotion: Promotion, *, declined: bool) -> None:
        """Record that the gate or a person refused; another champion meanwhile is no refusal.

        Parameters
        ----------
        declined
            Whether a person declined the challenger.
        """
        if promotion.promoted or not (declined or not judged.passed or judged.repeats):
            return
        plan, trained = self._inputs.plan(), self._inputs.trained()
        refusal = Refusal(self._run, (promotion.reason,))
        record_refusal(self._store, request_attempt(plan.packages, self._conditions(trained)), refusal)
        if trained.changed:
            record_refusal(self._store, self._challenger(trained), refusal)

    def _challenger(self, trained: Trained) -> str:
        return challenger_attempt(trained.model, self._conditions(trained))

    def _conditions(self, trained: Trained) -> Conditions:
        plan = self._inputs.plan()
        settings = plan.settings
        engine = Model().cache_key.rpartition("-")[2]
        return Conditions(
            f"{trained.base_model}-{engine}", settings.bars, settings.weights, settings.how, plan.recalibrates
        )
