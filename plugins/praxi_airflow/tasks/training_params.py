"""What may be asked of a training: the form of its Dag."""

from __future__ import annotations

from airflow.sdk import Param

from praxi_airflow.settings.learning import APPROVALS, LearningSettings


def training_params(settings: LearningSettings) -> dict[str, Param]:
    """Return the Dag's parameters; a setting says whether a person must approve by default."""
    return {
        "request": Param(None, "Store URI of a request to learn packages.", type=["null", "string"]),
        "packages": Param(
            [],
            "Learn these too, one a line: name==version, or ecosystem/name@version; version * is the newest.",
            type="array",
            items={"type": "string", "minLength": 1},
        ),
        "list": Param(
            None,
            "A list of them: paste its lines, or give the URI of a text file in a store.",
            type=["null", "string"],
            format="multiline",
            maxLength=100_000,  # it becomes one argument of a command, and of those 128 KiB are allowed
        ),
        "routing": Param(
            "default",
            "How new releases get experts; by default the shared scorer decides about them.",
            type="string",
            enum=["default", "random", "similarity", "version"],
        ),
        "labels_per_expert": Param(
            0,
            "How many releases share an expert where they are drawn at random; 0: all.",
            type="integer",
            minimum=0,
        ),
        "tuning_trials": Param(
            0, "How many hyper-parameters to try.", type="integer", minimum=0, maximum=1000
        ),
        "bars": Param(
            {},
            "Minimum scores, other than the defaults.",
            type="object",
            additionalProperties={"type": "number"},
        ),
        "weights": Param(
            {}, "Weights of the composite score.", type="object", additionalProperties={"type": "number"}
        ),
        "full_retrain": Param(False, "Rebuild the model from all stored fingerprints.", type="boolean"),
        "approval": Param(
            settings.approval,
            "Whether a person must let the new model in.",
            type="string",
            enum=list(APPROVALS),
        ),
    }
