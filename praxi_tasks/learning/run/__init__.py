"""The steps of one training: plan, collect, train, evaluate, promote, report."""

from __future__ import annotations

from praxi_tasks.learning.run.documents import Approval
from praxi_tasks.learning.run.finish import close_training
from praxi_tasks.learning.run.pack_run import Outcome, PackPlan, PackRun
from praxi_tasks.learning.run.pack_version import build_pack, register_pack
from praxi_tasks.learning.run.plan import TrainingSettings, read_settings
from praxi_tasks.learning.run.promotion import register_with_packs
from praxi_tasks.learning.run.retention import newest_to_keep, prune, unneeded_versions
from praxi_tasks.learning.run.steps import TrainingRun

__all__ = [
    "Approval",
    "Outcome",
    "PackPlan",
    "PackRun",
    "TrainingRun",
    "TrainingSettings",
    "build_pack",
    "close_training",
    "newest_to_keep",
    "prune",
    "read_settings",
    "register_pack",
    "register_with_packs",
    "unneeded_versions",
]
