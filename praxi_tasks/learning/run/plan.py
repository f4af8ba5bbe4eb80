"""The plan of one training: the requests it serves, the releases to learn, and its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from praxi_tasks.errors import UsageError
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.estimators import Assignment, Routing
from praxi_tasks.learning.evaluation import Bars, check_weights
from praxi_tasks.learning.model_registry import ResolvedModel

BATCH: Final = 25
"""How many releases one task collects: an index takes a few seconds for each."""

_MOST_BATCHES: Final = 1_024
_NULL: Final = msgspec.Raw(b"null")
_OF_THE_DAG: Final = frozenset({"approval"})
"""Parameters of the Dag that say nothing about how to train."""


class TrainingSettings(msgspec.Struct, frozen=True):
    """How to train.

    Attributes
    ----------
    routing, labels_per_expert
        How new releases are assigned to experts, and how many share one; 0 puts all into one.
    routing_study
        Whether other assignments are tried too, and the best is used.
    tuning_trials
        How many hyper-parameters of the new experts, or of the scorer, to try; 0 keeps the usual ones.
    full_retrain
        Whether to rebuild the model from all stored fingerprints.
    bars, weights
        What a challenger must reach, and what each score counts for.
    request, packages
        URI of a request in another store, and releases named by hand.
    list
        More of them: the text of a list, one a line, or the URI of one in a store.
    """

    request: str | None = None
    packages: tuple[str, ...] = ()
    list: str | None = None
    routing: Routing = "default"
    labels_per_expert: int = 0
    routing_study: bool = False
    tuning_trials: int = 0
    full_retrain: bool = False
    bars: Bars = Bars()
    weights: dict[str, float] = {}

    @property
    def how(self) -> dict[str, object]:
        """The settings besides what to learn, bars and weights that are not the default ones."""
        usual = TrainingSettings()
        names = ("routing", "labels_per_expert", "routing_study", "tuning_trials", "full_retrain")
        return {name: getattr(self, name) for name in names if getattr(self, name) != getattr(usual, name)}

    @property
    def assignment(self) -> Assignment:
        """How new releases get experts."""
        return Assignment(self.routing, self.labels_per_expert)


class TrainingPlan(msgspec.Struct, frozen=True):
    """One training: ``base`` is the model it builds on, ``requests`` the ids of those it serves.

    ``recalibrates`` says that the confidence of the base was off when it was last evaluated. ``known`` are
    releases that a person asked for and the base knows already.
    """

    requests: tuple[str, ...]
    packages: tuple[NewPackage, ...]
    base: ResolvedModel
    settings: TrainingSettings = TrainingSettings()
    recalibrates: bool = False
    known: tuple[str, ...] = ()

    @property
    def batches(self) -> int:
        """How many tasks get the releases."""
        return min(-(-len(self.packages) // BATCH), _MOST_BATCHES)

    def batch(self, number: int) -> Sequence[NewPackage]:
        """Return the releases of one batch."""
        return self.packages[number :: self.batches]


def read_settings(text: str) -> TrainingSettings:
    """Read settings from a JSON object; what it does not name, or gives as null, keeps its default.

    Raises
    ------
    UsageError
        If a name is unknown, also of a bar or a weight, or a value has the wrong type or is out of range.
    """
    try:
        given = decode(text.encode("utf-8", "surrogatepass"), dict[str, msgspec.Raw])
        named = {name: value for name, value in given.items() if value != _NULL}
        if unknown := sorted(named.keys() - set(TrainingSettings.__struct_fields__) - _OF_THE_DAG):
            raise UsageError(
                f"not settings of a training: {', '.join(unknown)}",
                action=f"known are {', '.join(TrainingSettings.__struct_fields__)}",
            )
        settings = decode(msgspec.json.encode(named), TrainingSettings)
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"not settings of a training: {error}",
            action=f"see the parameters of praxi_train; bars are {', '.join(Bars.__struct_fields__)}",
        ) from error
    check_weights(settings.weights)
    return settings
