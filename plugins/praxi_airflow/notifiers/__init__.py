"""Alerts about Praxi itself: a Dag run that fails or is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.notifiers.deadline import FirstQueued, watched
    from praxi_airflow.notifiers.operations import OperationsNotifier
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "deadline": ("FirstQueued", "watched"),
            "operations": ("OperationsNotifier",),
        },
    )

__all__ = [
    "FirstQueued",
    "OperationsNotifier",
    "watched",
]
