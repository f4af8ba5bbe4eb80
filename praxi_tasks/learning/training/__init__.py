"""Training: from files, in increments, and the repair of old packages that new releases confuse.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.training.extend import add_releases, give_experts
    from praxi_tasks.learning.training.from_files import PackNames, learn_files
    from praxi_tasks.learning.training.held_out import HELD_OUT_SHARE, make_scorer
    from praxi_tasks.learning.training.incremental import learn_releases
    from praxi_tasks.learning.training.recalibration import LEAST_PACKAGES, recalibrate
    from praxi_tasks.learning.training.task import TrainingTask, tuning_space
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "extend": ("add_releases", "give_experts"),
            "from_files": ("PackNames", "learn_files"),
            "held_out": ("HELD_OUT_SHARE", "make_scorer"),
            "incremental": ("learn_releases",),
            "recalibration": ("LEAST_PACKAGES", "recalibrate"),
            "task": ("TrainingTask", "tuning_space"),
        },
    )

__all__ = [
    "HELD_OUT_SHARE",
    "LEAST_PACKAGES",
    "PackNames",
    "TrainingTask",
    "add_releases",
    "give_experts",
    "learn_files",
    "learn_releases",
    "make_scorer",
    "recalibrate",
    "tuning_space",
]
