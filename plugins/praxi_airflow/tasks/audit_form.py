"""The parameters of an audit: the form of its Dag.

A type that allows null makes a parameter optional in Airflow's form; an emptied field is sent as null.
"""

from __future__ import annotations

from airflow.sdk import Param

from praxi_airflow.settings import Settings


def audit_params(settings: Settings) -> dict[str, Param]:
    """Return the Dag's parameters."""
    return {
        "images": Param(
            [],
            "Audit these instead of asking Prometheus, one reference a line.",
            title="Images",
            type=["null", "array"],
            items={"type": "string", "minLength": 1},
        ),
        "namespaces": Param(
            None,
            "Only namespaces whose whole name matches this regular expression, such as shop|web-.*",
            title="Namespaces",
            type=["null", "string"],
        ),
        "platform": Param(
            settings.platform,
            "Which image of a multi-platform index, where Prometheus does not tell the platform of the node: "
            "os/architecture[/variant].",
            title="Platform",
            type=["null", "string"],
            pattern="^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?$",
        ),
        "model": Param(
            None,
            "Store URI of a model to predict with, instead of the champion.",
            title="Model",
            type=["null", "string"],
        ),
        "force": Param(
            False, "Read layers again that the store knows.", title="Read again", type=["null", "boolean"]
        ),
    }
