"""What the store no longer needs: which objects are in use, and how the others are deleted."""

from praxi_tasks.retention.age import GRACE_DAYS, Age
from praxi_tasks.retention.prune import prune_store
from praxi_tasks.retention.tally import Pruned

__all__ = ["Age", "GRACE_DAYS", "Pruned", "prune_store"]
