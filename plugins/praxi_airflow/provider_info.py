"""Praxi's provider information for Airflow: the entry point ``apache_airflow_provider``.

Airflow reads this in every process and before its configuration is there, so nothing here imports Airflow.
"""

from __future__ import annotations

from typing import Any, Final

from praxi_airflow.connection_types import CONNECTION_TYPES
from praxi_airflow.options import OPTIONS

_NAME: Final = "Praxi"


def get_provider_info() -> dict[str, Any]:
    """Return the provider information, in the form of Airflow's ``provider_info.schema.json``."""
    return {
        "package-name": "praxi-airflow",
        "name": _NAME,
        "description": "Which software is in the container images that a cluster runs.\n",
        "integrations": [{"integration-name": _NAME, "tags": ["software"]}],
        "operators": _modules("operators.task", "operators.report", "operators.build", "operators.promotion"),
        "hooks": _modules("hooks.prometheus", "hooks.webhook"),
        "bundles": _modules("bundle"),
        "connection-types": CONNECTION_TYPES,
        "extra-links": ["praxi_airflow.operators.report.ReportLink"],
        "notifications": ["praxi_airflow.notifiers.operations.OperationsNotifier"],
        "config": {
            "praxi": {
                "description": "The audit of container images, and the training of its model.",
                "options": {option.name: option.document() for option in OPTIONS},
            }
        },
    }


def _modules(*names: str) -> list[dict[str, Any]]:
    return [{"integration-name": _NAME, "python-modules": [f"praxi_airflow.{name}" for name in names]}]
