"""Training: from files, in increments, and the repair of old packages that new releases confuse.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from praxi_tasks.learning.training.extend import add_releases, give_experts
    from praxi_tasks.learning.training.from_files import HELD_OUT_SHARE, learn_files, make_scorer
    from praxi_tasks.learning.training.incremental import learn_releases
    from praxi_tasks.learning.training.task import TrainingTask, tuning_space

__all__ = [
    "HELD_OUT_SHARE",
    "TrainingTask",
    "add_releases",
    "give_experts",
    "learn_files",
    "learn_releases",
    "make_scorer",
    "tuning_space",
]

_MODULES: Final = {
    "HELD_OUT_SHARE": "from_files",
    "TrainingTask": "task",
    "add_releases": "extend",
    "give_experts": "extend",
    "learn_files": "from_files",
    "learn_releases": "incremental",
    "make_scorer": "from_files",
    "tuning_space": "task",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
