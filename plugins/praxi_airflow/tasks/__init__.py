"""The Python functions that Dags run as tasks, and the forms of the Dags' parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.tasks.audit_form import audit_params
    from praxi_airflow.tasks.deployed_images import record_deployed_images
    from praxi_airflow.tasks.doctor import examine_airflow
    from praxi_airflow.tasks.janitor import sweep_pods
    from praxi_airflow.tasks.packs_form import packs_params
    from praxi_airflow.tasks.pushes import POKE_SECONDS, gather_pushes, take_pushes
    from praxi_airflow.tasks.source_builds import releases_to_build
    from praxi_airflow.tasks.training_form import training_params
    from praxi_airflow.tasks.training_requests import (
        request_drift_training,
        request_training,
        routing_trials,
        tuning_trials,
    )
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "audit_form": ("audit_params",),
            "deployed_images": ("record_deployed_images",),
            "doctor": ("examine_airflow",),
            "janitor": ("sweep_pods",),
            "packs_form": ("packs_params",),
            "pushes": ("POKE_SECONDS", "gather_pushes", "take_pushes"),
            "source_builds": ("releases_to_build",),
            "training_form": ("training_params",),
            "training_requests": (
                "request_drift_training",
                "request_training",
                "routing_trials",
                "tuning_trials",
            ),
        },
    )

__all__ = [
    "POKE_SECONDS",
    "audit_params",
    "examine_airflow",
    "gather_pushes",
    "packs_params",
    "record_deployed_images",
    "releases_to_build",
    "request_drift_training",
    "request_training",
    "routing_trials",
    "sweep_pods",
    "take_pushes",
    "training_params",
    "tuning_trials",
]
