"""Runners of commands: as a local process, or as a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.runners.command import Command, Runner
    from praxi_airflow.runners.environment import CHAMPION_URI, build_environment, task_environment
    from praxi_airflow.runners.factory import choose_runner
    from praxi_airflow.runners.leftovers import sweep
    from praxi_airflow.runners.process import ProcessRunner
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "command": ("Command", "Runner"),
            "environment": ("CHAMPION_URI", "build_environment", "task_environment"),
            "factory": ("choose_runner",),
            "leftovers": ("sweep",),
            "process": ("ProcessRunner",),
        },
    )

__all__ = [
    "CHAMPION_URI",
    "Command",
    "ProcessRunner",
    "Runner",
    "build_environment",
    "choose_runner",
    "sweep",
    "task_environment",
]
