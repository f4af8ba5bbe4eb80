"""The parameters of a training: the form of its Dag.

A type that allows null makes a parameter optional in Airflow's form; an emptied field is sent as null. What
only automation sends (``request``, in the run's ``conf``) is no parameter, so the form does not show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from airflow.sdk import Param

from praxi_airflow.settings import APPROVALS, LearningSettings
from praxi_tasks.learning.evaluation import WEIGHTS, Bars

_HOW: Final = "How to train"


def _numbers(names: Iterable[str]) -> dict[str, Any]:
    """Return the schema of an object that gives some of these names a number, and no other."""
    known = {name: {"type": "number", "minimum": 0} for name in names}
    return {"type": ["null", "object"], "properties": known, "additionalProperties": False}


def training_params(settings: LearningSettings) -> dict[str, Param]:
    """Return the Dag's parameters; a setting says whether a person must approve by default."""
    return {**_what(), "approval": _approval(settings), **_how()}


def _what() -> dict[str, Param]:
    return {
        "packages": Param(
            [],
            "Learn these too, one a line: name==version, or ecosystem/name@version; version * is the newest.",
            title="Packages",
            type=["null", "array"],
            items={"type": "string", "minLength": 1},
        ),
        "list": Param(
            None,
            "A list of them: paste its lines, or give the URI of a text file in a store.",
            title="List of packages",
            type=["null", "string"],
            format="multiline",
            maxLength=100_000,  # it becomes one argument of a command, and of those 128 KiB are allowed
        ),
    }


def _approval(settings: LearningSettings) -> Param:
    """Return the one parameter that must have a value: an empty one would mean that nobody approves."""
    return Param(
        settings.approval,
        "Whether a person must approve the new model.",
        title="Approval",
        type="string",
        enum=list(APPROVALS),
    )


def _how() -> dict[str, Param]:
    return {
        "routing": Param(
            "default",
            "How new releases get experts; by default the shared scorer decides about them.",
            title="Assignment to experts",
            type=["null", "string"],
            enum=["default", "random", "similarity", "version", None],
            section=_HOW,
        ),
        "labels_per_expert": Param(
            0,
            "How many releases share an expert where they are assigned at random; 0: all.",
            title="Releases per expert",
            type=["null", "integer"],
            minimum=0,
            section=_HOW,
        ),
        "routing_study": Param(
            False,
            "Try other assignments too, side by side, and use the best.",
            title="Study of the assignment",
            type=["null", "boolean"],
            section=_HOW,
        ),
        "tuning_trials": Param(
            0,
            "How many sets of hyper-parameters to try.",
            title="Tuning trials",
            type=["null", "integer"],
            minimum=0,
            maximum=1000,
            section=_HOW,
        ),
        "bars": Param(
            {},
            f"Bars other than the defaults: {', '.join(Bars.__struct_fields__)}.",
            title="Minimum scores",
            section=_HOW,
            **_numbers(Bars.__struct_fields__),
        ),
        "weights": Param(
            {},
            f"Weights of the composite score: {', '.join(WEIGHTS)}.",
            title="Weights",
            section=_HOW,
            **_numbers(WEIGHTS),
        ),
        "full_retrain": Param(
            False,
            "Rebuild the model from all stored fingerprints.",
            title="Full retraining",
            type=["null", "boolean"],
            section=_HOW,
        ),
    }
